// The settings that count for a message: which parameters, since when, and what is wrong with them. No secret is shown.

import type {CapacityLayers} from '../../shared/delivery/destination.ts';
import {maskedText} from '../../shared/message/secrets.ts';
import {settingGroups} from '../../shared/settings/setting-groups.ts';
import type {Reading} from '../../shared/settings/settings.ts';
import type {StoredParameter} from '../aws/parameters.ts';
import {shortened} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import type {Fact, Step, TimeOf} from './step.ts';

const longestValue = 80;
const mask = '***';

export function settingsStep(
  parameters: readonly StoredParameter[],
  {reading, layers}: {readonly reading: Reading; readonly layers: CapacityLayers['layers']},
  timeOf: TimeOf,
): Step {
  const {problems, groups, settings} = reading;
  const counting = parameters
    .filter(({name}) => !name.startsWith(settingGroups.capacity.prefix) || isAmong(name, layers))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const shownValueOf = ({name, value, isSecret}: StoredParameter) => {
    // What is wrong with a value may be that it is a password.
    if (isSecret || name.endsWith('password') || problems.some(({path}) => path === name)) return mask;
    return shortened(maskedText(value), longestValue);
  };
  const settling = [...groups].filter(([, {standing}]) => standing === 'settling').map(([name]) => name);
  const facts: Fact[] = [
    ...counting.map(each => ({
      what: each.name,
      is: shownValueOf(each),
      why: `written ${timeOf(each.modifiedMs)}`,
    })),
    ...problems.map(({path, problem}) => ({
      what: path,
      is: problem,
      why: 'functions that have known a good value keep it',
      isBad: true,
    })),
    ...settling.map(name => ({
      what: name,
      is: 'is just being written',
      why: `it counts when it has been left alone, from ${timeOf(settings.knownFromMs ?? 0)} on`,
      isBad: true,
    })),
  ];
  return {
    step: 'settings',
    facts: facts.length > 0 ? facts : [{what: 'parameters', is: 'none', why: 'all defaults count'}],
    data: {
      parameters: counting.map(each => ({
        name: each.name,
        value: shownValueOf(each),
        written: timeText(each.modifiedMs, false),
      })),
      problems,
      settling,
    },
  };
}

/** SSM's names keep their case, layers have the host's. */
const isAmong = (name: string, layers: CapacityLayers['layers']): boolean =>
  layers.some(({parameter}) => parameter === name.toLowerCase());

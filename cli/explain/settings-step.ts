// The settings that count for a message: which parameters, since when, and what is wrong with them. No secret is shown.

import type {CapacityLayers} from '../../shared/delivery/destination.ts';
import {settingGroups} from '../../shared/settings/setting-groups.ts';
import type {Reading} from '../../shared/settings/settings.ts';
import {settingsList} from '../../shared/settings/settings-list.ts';
import type {StoredParameter} from '../aws/parameters.ts';
import {shortened} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import type {Fact, Step, TimeOf} from './step.ts';

const longestValue = 80;

export function settingsStep(
  parameters: readonly StoredParameter[],
  {reading, layers}: {readonly reading: Reading; readonly layers: CapacityLayers['layers']},
  timeOf: TimeOf,
): Step {
  const {problems, groups, settings} = reading;
  const counting = settingsList(parameters)
    .settings.filter(({source}) => source === 'parameter')
    .filter(({name}) => !name.startsWith(settingGroups.capacity.prefix) || isAmong(name, layers));
  const settling = [...groups].filter(([, {standing}]) => standing === 'settling').map(([name]) => name);
  const facts: Fact[] = [
    ...counting.map(({name, value, isIdle, modifiedMs}) => ({
      what: name,
      is: shortened(value ?? '', longestValue),
      why: `${isIdle ? 'does not count, ' : ''}written ${timeOf(modifiedMs ?? 0)}`,
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
      parameters: counting.map(({name, value, isHidden, isIdle, modifiedMs}) => ({
        name,
        value: isHidden ? null : value,
        counts: !isIdle,
        written: timeText(modifiedMs ?? 0, false),
      })),
      problems,
      settling,
    },
  };
}

/** SSM's names keep their case, layers have the host's. */
const isAmong = (name: string, layers: CapacityLayers['layers']): boolean =>
  layers.some(({parameter}) => parameter === name.toLowerCase());

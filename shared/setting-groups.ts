// The groups of parameters: each is one decision, so its parameters count together, or its last good value does.
// A new setting is one entry here, and its type in settings.ts.

import {type MqHeadersRule, mqHeadersRules} from './mq-headers.ts';
import {mxGroup} from './mx-settings.ts';
import {type ResultKind, resultKinds} from './names.ts';
import type {ParameterReader} from './parameter-reader.ts';
import {sinkGroup, smarthostGroup} from './relay-settings.ts';
import type {GroupedSettings, GroupName} from './settings.ts';

export interface SettingGroup<T> {
  readonly names: readonly string[];
  /** Its value, which is the default without any of the parameters; what is wrong is left with the reader. */
  readonly read: (reader: ParameterReader) => T;
  /** What counts while it is invalid and has never been valid, where that is not the default. */
  readonly fallback?: T;
  /** Whether the value may be half of what somebody is writing, so that it counts only when it is some time old. */
  readonly settles?: (value: T, last: {readonly value: T} | undefined, reader: ParameterReader) => boolean;
  /** What may be known of a value that settles: enough to name queues by, not enough to connect with. */
  readonly unsettled?: (value: T) => T;
}

const aYear = 31_536_000;

export const settingGroups: {readonly [G in GroupName]: SettingGroup<GroupedSettings[G]>} = {
  smarthost: smarthostGroup,
  sink: sinkGroup,
  retryIntervals: {
    names: ['retry-interval'],
    read: reader =>
      reader.list('retry-interval', text => reader.wholeNumberOf('retry-interval', text, 1, aYear)) ?? [
        600, 600, 1800, 1800, 3600, 3600, 7200,
      ],
  },
  maxDeliverTime: {
    names: ['max-delivertime'],
    read: reader => reader.wholeNumber('max-delivertime', 1, aYear) ?? 86_400,
  },
  maxAttempts: {
    names: ['max-attempts'],
    read: reader => reader.wholeNumber('max-attempts', 0, 1_000_000) ?? 0,
  },
  heloName: {names: ['helo-name'], read: reader => reader.hostname('helo-name')},
  mx: mxGroup,
  mqHeaders: {
    names: ['mq-headers'],
    read: reader => reader.word<MqHeadersRule>('mq-headers', mqHeadersRules) ?? 'obeyed',
    // Who sets it does not want to obey.
    fallback: 'stripped',
  },
  strict: {names: ['strict'], read: reader => reader.word('strict', ['true', 'false']) === 'true'},
  smarthostPrivateAddresses: {
    names: ['smarthost-private-addresses'],
    read: reader => reader.word('smarthost-private-addresses', ['refused', 'allowed']) === 'allowed',
  },
  resultsKinds: {names: ['results-kinds'], read: readResultsKinds},
};

function readResultsKinds(reader: ParameterReader): ReadonlySet<ResultKind> {
  const name = 'results-kinds';
  const kinds = reader.list(name, text =>
    text === 'none' || resultKinds.includes(text as ResultKind)
      ? (text as ResultKind | 'none')
      : reader.wrong(name, `must be a list of ${resultKinds.join(', ')}; or none`),
  );
  if (kinds === undefined) return new Set(resultKinds);
  if (kinds.includes('none') && kinds.length > 1)
    reader.wrong(name, 'must be none alone, or a list without it');
  return new Set(kinds.filter(kind => kind !== 'none'));
}

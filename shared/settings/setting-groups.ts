// The groups of parameters: each is one decision, so its parameters count together, or its last good value does.
// A new setting is one entry here, and its type.

import {type MqHeadersRule, mqHeadersRules} from '../message/mq-headers.ts';
import {type ResultKind, resultKinds} from '../names.ts';
import {right, wrong} from '../parsed.ts';
import type {Relay} from '../smtp/smarthost.ts';
import {parseWholeNumber} from '../whole-number.ts';
import {type MxSettings, mxGroup} from './mx-settings.ts';
import type {ParameterReader} from './parameter-reader.ts';
import {sinkGroup, smarthostGroup} from './relay-settings.ts';
import type {SettingGroup} from './setting-group.ts';

/** The settings that are a group of parameters each. */
export interface GroupedSettings {
  /** This and the sink have no credentials while they are unknown. */
  readonly smarthost: Relay | undefined;
  readonly sink: Relay | undefined;
  /** Seconds between the attempts; the last one repeats. */
  readonly retryIntervals: readonly number[];
  /** Seconds from a message's arrival. */
  readonly maxDeliverTime: number;
  /** 0 is unlimited. */
  readonly maxAttempts: number;
  /** What EHLO says; undefined is the environment's own address literal. */
  readonly heloName: string | undefined;
  /** Direct delivery: where and how recipients' MX hosts are reached. */
  readonly mx: MxSettings;
  /** What is done with x-mq-* header fields, unless the message says otherwise. */
  readonly mqHeaders: MqHeadersRule;
  /** Whether a text that SMTP would have to bend is refused, unless the message says otherwise. */
  readonly strict: boolean;
  /** Whether a smarthost that a message names may be in a private range. */
  readonly smarthostPrivateAddresses: boolean;
  /** The kinds of results that are published. */
  readonly resultsKinds: ReadonlySet<ResultKind>;
}

export type GroupName = keyof GroupedSettings;

const aYear = 31_536_000;

export const settingGroups: {readonly [G in GroupName]: SettingGroup<GroupedSettings[G]>} = {
  smarthost: smarthostGroup,
  sink: sinkGroup,
  retryIntervals: {
    names: ['retry-interval'],
    read: reader =>
      reader.list('retry-interval', text => parseWholeNumber(text, 1, aYear)) ?? [
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
      ? right(text as ResultKind | 'none')
      : wrong(`must be a list of ${resultKinds.join(', ')}; or none`),
  );
  if (kinds === undefined) return new Set(resultKinds);
  if (kinds.includes('none') && kinds.length > 1)
    reader.wrong(name, 'must be none alone, or a list without it');
  return new Set(kinds.filter(kind => kind !== 'none'));
}

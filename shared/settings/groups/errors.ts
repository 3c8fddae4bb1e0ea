// Mail that ends, or is deferred, without having been tried: the parameters below `errors/`. Each says what a server would.

import {type Parsed, right, wrong} from '../../parsed.ts';
import type {PrefixGroup} from '../setting-group.ts';
import {type ObjectRule, parseNumber, parseObject, parseText, parseTime} from '../steering/members.ts';
import {type Selection, selectionMembers, selectionProblem} from '../steering/selection.ts';
import {longestReason, parseRuleName} from './pauses.ts';

export interface ForcedError extends Selection {
  readonly reason: string;
  /** 4xx defers, 5xx bounces. */
  readonly code: number;
  readonly status?: string;
  readonly description?: string;
  /** Until when it counts, in milliseconds since the epoch. */
  readonly expire?: number;
}

const rule: ObjectRule<ForcedError> = {
  members: {
    reason: parseText(longestReason),
    code: parseNumber(400, 599),
    status: value =>
      typeof value === 'string' && /^[45]\.\d{1,3}\.\d{1,3}$/.test(value)
        ? right(value)
        : wrong('must be an enhanced status code such as 5.7.1'),
    description: parseText(500),
    ...selectionMembers,
    expire: parseTime,
  },
  needed: ['reason', 'code'],
  example: '{"reason": "the campaign was cancelled", "code": 550, "tag": "spring"}',
};

export function parseForcedError(text: string): Parsed<ForcedError> {
  const error = parseObject(text, rule);
  if (!error.ok) return error;
  const {code, status} = error.value;
  const problems = [
    selectionProblem(error.value),
    status !== undefined && status[0] !== String(code)[0]
      ? 'has a status of another class than its code: both begin with 4, or with 5'
      : undefined,
  ].filter(problem => problem !== undefined);
  return problems.length > 0 ? wrong(problems.join('; ')) : error;
}

export const errors: PrefixGroup<ForcedError> = {
  prefix: 'errors/',
  keyOf: parseRuleName,
  read: (reader, name) => reader.parsed(name, parseForcedError),
};

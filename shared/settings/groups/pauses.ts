// Mail that is not delivered for now: the parameters below `pauses/`, each with its reason.

import {type Parsed, right, wrong} from '../../parsed.ts';
import type {PrefixGroup} from '../setting-group.ts';
import {type ObjectRule, parseObject, parseText, parseTime} from '../steering/members.ts';
import {type Selection, selectionMembers, selectionProblem} from '../steering/selection.ts';

export interface Pause extends Selection {
  readonly reason: string;
  /** When it ends by itself, in milliseconds since the epoch. */
  readonly expire?: number;
}

export const longestReason = 200;

const rule: ObjectRule<Pause> = {
  members: {reason: parseText(longestReason), ...selectionMembers, expire: parseTime},
  needed: ['reason'],
  example: '{"reason": "their server is being moved", "domain": "example.org"}',
};

export function parsePause(text: string): Parsed<Pause> {
  const pause = parseObject(text, rule);
  const problem = pause.ok ? selectionProblem(pause.value) : undefined;
  return problem === undefined ? pause : wrong(problem);
}

export const pauses: PrefixGroup<Pause> = {
  prefix: 'pauses/',
  keyOf: parseRuleName,
  read: (reader, name) => reader.parsed(name, parsePause),
  // Mail that was sent cannot be held any more. One that cannot be read holds all mail until it can.
  fallback: {reason: 'this pause cannot be read: put it right, or remove it', all: true},
};

/** What pauses and forced errors may be called. */
export function parseRuleName(rest: string): Parsed<string> {
  return /^[\w.-]{1,100}$/.test(rest)
    ? right(rest)
    : wrong('must end in a name of letters, digits, points, hyphens and underscores');
}

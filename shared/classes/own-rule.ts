// Rules of the settings: they are asked before ours. Of those that fit, the one with the highest priority decides, and of equal
// ones the first by its name.

import {isJsonObject, type JsonObject} from '../json.ts';
import {oneOf, type Parsed, parseWholeNumber, right, wrong} from '../parsed.ts';
import {parseHost} from '../smtp/address.ts';
import type {Failure} from '../smtp/failure.ts';
import {judge} from '../smtp/verdict.ts';
import {type BounceClass, bounceClasses} from './bounce-class.ts';
import {isIn, isWhole, type Wildcard, wildcardOf} from './wildcard.ts';

export interface OwnRule {
  readonly class: BounceClass;
  readonly code?: number;
  /** As results show it, with wildcards: `5.7.*`. */
  readonly status?: string;
  /** Is somewhere in the description that results show. */
  readonly text?: Wildcard;
  /** The recipient's domain, with wildcards: `*.example.org`. */
  readonly domain?: string;
  readonly priority: number;
}

/** By their names. */
export type OwnRules = ReadonlyMap<string, OwnRule>;

/** A failure as rules of the settings see it: as results show it, in lower case. */
export interface OwnSubject {
  readonly code: number | undefined;
  readonly status: string;
  readonly text: string;
  readonly domain: string;
}

export const ownSubjectOf = (failure: Failure, domain: string): OwnSubject => ({
  code: failure.reply?.code,
  status: failure.reply?.status ?? judge(failure).status,
  text: failure.description.toLowerCase(),
  domain,
});

export function ownClassOf(rules: OwnRules, subject: OwnSubject): BounceClass | undefined {
  const fitting = [...rules].filter(([, rule]) => fits(rule, subject));
  const [decisive] = fitting.sort(
    ([nameA, a], [nameB, b]) => b.priority - a.priority || (nameA < nameB ? -1 : 1),
  );
  return decisive?.[1].class;
}

const fits = ({code, status, text, domain}: OwnRule, subject: OwnSubject): boolean =>
  (code === undefined || code === subject.code) &&
  (status === undefined || isWhole(subject.status, status)) &&
  (text === undefined || isIn(subject.text, text)) &&
  (domain === undefined || isWhole(subject.domain, domain));

const longestText = 200;

/** What each member of the JSON must be. */
const members: Readonly<Record<keyof OwnRule, (value: unknown) => Parsed<OwnRule[keyof OwnRule]>>> = {
  class: oneOf(bounceClasses),
  code: value => parseNumber(value, 200, 599),
  status: value =>
    typeof value === 'string' && /^[\d.*]{1,20}$/.test(value)
      ? right(value)
      : wrong('must be a status such as 5.7.1, or one with wildcards such as 5.7.*'),
  text: parseText,
  domain: parseDomainPattern,
  priority: value => parseNumber(value, -1000, 1000),
};

export function parseOwnRule(text: string): Parsed<OwnRule> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (!isJsonObject(json))
    return wrong('must be JSON such as {"class": "rate", "code": 550, "text": "too fast"}');
  const problems = problemsOf(json);
  if (problems.length > 0) return wrong([...new Set(problems)].join('; '));
  const read = Object.entries(json).map(([name, value]) => {
    const parsed = members[name as keyof OwnRule](value);
    return [name, parsed.ok ? parsed.value : undefined];
  });
  return right({priority: 0, ...Object.fromEntries(read)});
}

function problemsOf(json: JsonObject): readonly string[] {
  const problems = Object.entries(json).flatMap(([name, value]) => {
    // The name is not quoted: somebody may have pasted a password here.
    if (!Object.hasOwn(members, name))
      return [`has an unknown member; known are ${Object.keys(members).join(', ')}`];
    const parsed = members[name as keyof OwnRule](value);
    return parsed.ok ? [] : [`has ${name}, which ${parsed.problem}`];
  });
  if (!Object.hasOwn(json, 'class')) problems.push('needs class');
  if (!['code', 'status', 'text', 'domain'].some(name => Object.hasOwn(json, name)))
    problems.push('needs at least one of code, status, text, domain');
  return problems;
}

/** Digits in quotes are no number in JSON. */
const parseNumber = (value: unknown, least: number, most: number): Parsed<number> =>
  parseWholeNumber(typeof value === 'number' ? value : undefined, least, most);

function parseText(value: unknown): Parsed<Wildcard> {
  const parts = typeof value === 'string' && value.length <= longestText ? wildcardOf(value) : [];
  return parts.some(part => part.trim() !== '')
    ? right(parts)
    : wrong(`must be 1 to ${longestText} characters, in which * stands for anything`);
}

/** A domain, perhaps with wildcards. */
export function parseDomainPattern(value: unknown): Parsed<string> {
  const problem = wrong('must be a domain such as example.org, or one with wildcards such as *.example.org');
  if (typeof value !== 'string' || value.length > 253) return problem;
  if (value.includes('*')) return /^[a-z\d.*-]+$/i.test(value) ? right(value.toLowerCase()) : problem;
  const host = parseHost(value);
  return host.ok ? host : problem;
}

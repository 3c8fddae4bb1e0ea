// The property `dkim` of a message: which signatures it wants, with MailerQ's members. What we would not do is refused and
// not ignored. A problem quotes no value: it may be a key in the wrong place.

import {isJsonObject, type JsonObject} from '../json.ts';
import {oneOf, type Parsed, parseWholeNumber, right, wrong} from '../parsed.ts';
import {parseUtcTime} from '../utc-time.ts';
import {type Canonicalization, parseCanonicalization} from './canonicalization.ts';
import {parseFieldNames} from './field-names.ts';
import {isPublishable, parseSelector, parseSigningDomain} from './key-name.ts';
import {parsePrivateKey} from './private-key.ts';
import {type Algorithm, algorithmOf, algorithms, type DkimKey} from './signature.ts';

/** Which of the keys that are stored; what is absent is any. */
export interface KeyPick {
  readonly domain?: string;
  readonly selector?: string;
  readonly algorithm?: Algorithm;
}

/** Its key is its own or one that is stored; the rest is as Signing has it. */
export type WantedSignature = ({readonly key: DkimKey} | {readonly pick: KeyPick}) & {
  readonly canonicalization?: Canonicalization;
  readonly expireMs?: number;
  readonly headers?: readonly string[];
};

/** Each costs time, and nobody needs more. */
const mostSignatures = 8;

/** @returns the signatures in the order in which they stand, the highest first; none where the property says false */
export function parseDkim(value: unknown): Parsed<readonly WantedSignature[]> {
  if (value === false || value === '0' || value === 'false') return right([]);
  const list = Array.isArray(value) ? value : [value];
  if (list.length > mostSignatures) return wrong(`must be at most ${mostSignatures} signatures`);
  const wanted: {readonly signature: WantedSignature; readonly priority: number}[] = [];
  for (const [index, item] of list.entries()) {
    const place = list.length > 1 ? `in signature ${index + 1} ` : '';
    if (!isJsonObject(item))
      return wrong('must be an object such as {"domain": "example.org"}, or a list of them');
    const members = parseMembers(item);
    if (!members.ok) return wrong(`has ${place}${members.problem}`);
    const signature = signatureOf(members.value);
    if (!signature.ok) return wrong(`has ${place}${signature.problem}`);
    wanted.push({signature: signature.value, priority: members.value.priority ?? 0});
  }
  // MailerQ: the lower the priority, the higher it stands.
  return right(wanted.toSorted((a, b) => a.priority - b.priority).map(({signature}) => signature));
}

export const isPicked = ({domain, selector, algorithm}: KeyPick, key: DkimKey): boolean =>
  (domain ?? key.domain) === key.domain &&
  (selector ?? key.selector) === key.selector &&
  (algorithm ?? algorithmOf(key.privateKey)) === algorithmOf(key.privateKey);

interface Members extends KeyPick {
  readonly key?: DkimKey['privateKey'];
  readonly expire?: number;
  readonly headers?: readonly string[];
  readonly canonicalization?: Canonicalization;
  readonly priority?: number;
}

const text =
  <T>(parse: (text: string) => Parsed<T>) =>
  (value: unknown): Parsed<T> =>
    typeof value === 'string' ? parse(value) : wrong('must be a string');

const parsers: Readonly<Record<string, (value: unknown) => Parsed<unknown>>> = {
  domain: text(parseSigningDomain),
  selector: text(parseSelector),
  key: text(given => {
    const key = parsePrivateKey(given);
    return key.ok ? right(key.value.privateKey) : key;
  }),
  expire: text(given => {
    const ms = parseUtcTime(given);
    return ms === undefined ? wrong('must be a UTC time as YYYY-MM-DD HH:MM:SS') : right(ms);
  }),
  headers: parseFieldNames,
  canonicalization: parseCanonicalization,
  priority: value => parseWholeNumber(value, 0, 1_000_000),
  algorithm: oneOf(algorithms),
  protocols: value =>
    (Array.isArray(value) ? value : [value]).every(protocol => protocol === 'dkim')
      ? right(undefined)
      : wrong('must be ["dkim"]: ARC is not supported'),
  report: value => (value === false ? right(undefined) : wrong('is not supported, so leave it out')),
};

function parseMembers(object: JsonObject): Parsed<Members> {
  const members = new Map<string, unknown>();
  for (const [name, value] of Object.entries(object)) {
    // A name that nobody knows is not told: it may be a key in the wrong place.
    if (!Object.hasOwn(parsers, name))
      return wrong(`a member that is unknown; known are ${Object.keys(parsers).join(', ')}`);
    // null is unset, as everywhere.
    const parsed = value === null ? right(undefined) : parsers[name]!(value);
    if (!parsed.ok) return wrong(`a member ${name} that is wrong: it ${parsed.problem}`);
    if (parsed.value !== undefined) members.set(name, parsed.value);
  }
  return right(Object.fromEntries(members) as Members);
}

function signatureOf(members: Members): Parsed<WantedSignature> {
  const {domain, selector, algorithm, key, expire, headers, canonicalization} = members;
  const options = {
    ...(canonicalization !== undefined && {canonicalization}),
    ...(expire !== undefined && {expireMs: expire}),
    ...(headers !== undefined && {headers}),
  };
  if (domain !== undefined && selector !== undefined && !isPublishable({domain, selector}))
    return wrong('a domain and a selector that are too long together for the DNS');
  if (key === undefined) {
    const pick = {
      ...(domain !== undefined && {domain}),
      ...(selector !== undefined && {selector}),
      ...(algorithm !== undefined && {algorithm}),
    };
    return right({pick, ...options});
  }
  if (domain === undefined || selector === undefined)
    return wrong('a key without the domain and the selector that its public half is published under');
  if (algorithm !== undefined && algorithm !== algorithmOf(key))
    return wrong('an algorithm that is not that of the key');
  return right({key: {domain, selector, privateKey: key}, ...options});
}

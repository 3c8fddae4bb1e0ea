// Which signatures a message gets: those that it wants itself, and those of the rules for its From domains. A key that is
// wanted and is not there, or is broken, stops the message: it is not sent unsigned.

import type {Parsed} from '../parsed.ts';
import {isPicked, type KeyPick, type WantedSignature} from './dkim-property.ts';
import {type DkimRule, isFor, type StoredKeys} from './dkim-rules.ts';
import {recordNameOf} from './key-name.ts';
import type {DkimKey, Signing} from './signature.ts';

export interface DkimSettings {
  readonly rules: readonly DkimRule[];
  /** How long signatures hold that do not say so themselves, in seconds (x=); undefined for ever. */
  readonly expireSeconds: number | undefined;
}

/** Signatures with keys that are stored, or with one of the message's own. */
type Wanted = Omit<Signing, 'key'> &
  (
    | {readonly key: DkimKey}
    | {
        readonly domain: string;
        readonly pick: KeyPick;
        /** Without a key it goes on. */
        readonly isOptional: boolean;
      }
  );

/** The keys of a domain that are stored, as far as each can be read. */
export type KeysOfDomain = ReadonlyMap<string, Parsed<DkimKey>>;

/** @param fromDomains is called only where it is needed */
export function wantedSignatures(
  own: readonly WantedSignature[],
  {rules}: DkimSettings,
  fromDomains: () => readonly string[],
): readonly Wanted[] {
  if (own.length === 0 && rules.length === 0) return [];
  const from = fromDomains();
  const ofMessage = own.flatMap((wanted): readonly Wanted[] => {
    if ('key' in wanted) return [wanted];
    const {pick, ...rest} = wanted;
    // Without a domain the stored keys of the From domains are meant.
    const domains = pick.domain === undefined ? from : [pick.domain];
    return domains.map(domain => ({...rest, domain, pick, isOptional: false}));
  });
  const ofRules = rules.flatMap(rule =>
    from
      .filter(domain => isFor(rule, domain))
      .map((domain): Wanted => {
        const keys: StoredKeys = rule.keys ?? {domain};
        return {domain: keys.domain, pick: keys, isOptional: rule.keys === undefined};
      }),
  );
  return [...ofMessage, ...ofRules];
}

/** The domains whose stored keys are needed. */
export const keyDomainsOf = (wanted: readonly Wanted[]): readonly string[] => [
  ...new Set(wanted.flatMap(each => ('key' in each ? [] : [each.domain]))),
];

interface Given {
  readonly keysOf: (domain: string) => KeysOfDomain;
  readonly expireSeconds: number | undefined;
  /** Names of fields that the next hop rewrites. */
  readonly unsigned: readonly string[];
  readonly nowMs: number;
}

/** Each key signs once. @returns or what is wrong, in words that quote nothing of a key */
export function signingsOf(wanted: readonly Wanted[], given: Given): Parsed<readonly Signing[]> {
  const signings = new Map<string, Signing>();
  for (const each of wanted) {
    const keys = 'key' in each ? ({ok: true, value: [each.key]} as const) : storedKeysOf(each, given);
    if (!keys.ok) return keys;
    for (const key of keys.value) {
      const name = recordNameOf(key);
      const expireMs = each.expireMs ?? expiryOf(given);
      if (expireMs !== undefined && expireMs <= given.nowMs)
        return {
          ok: false,
          problem: `the signature of ${name} was to expire before the message could be sent`,
        };
      if (signings.has(name)) continue;
      const {canonicalization, headers} = each;
      signings.set(name, {
        key,
        unsigned: given.unsigned,
        ...(canonicalization !== undefined && {canonicalization}),
        ...(headers !== undefined && {headers}),
        ...(expireMs !== undefined && {expireMs}),
      });
    }
  }
  return {ok: true, value: [...signings.values()]};
}

const expiryOf = ({expireSeconds, nowMs}: Given): number | undefined =>
  expireSeconds === undefined ? undefined : nowMs + expireSeconds * 1000;

function storedKeysOf(
  {domain, pick, isOptional}: Extract<Wanted, {domain: string}>,
  {keysOf}: Given,
): Parsed<readonly DkimKey[]> {
  const {selector, algorithm} = pick;
  const keys: DkimKey[] = [];
  for (const [name, parsed] of keysOf(domain)) {
    if (selector !== undefined && selector !== name) continue;
    if (!parsed.ok) return {ok: false, problem: `the DKIM key ${name} of ${domain} ${parsed.problem}`};
    if (isPicked({...pick, domain}, parsed.value)) keys.push(parsed.value);
  }
  if (keys.length > 0 || isOptional) return {ok: true, value: keys};
  const which = [algorithm, selector].filter(each => each !== undefined).join(' ');
  return {ok: false, problem: `there is no DKIM key ${which === '' ? '' : `${which} `}of ${domain}`};
}

// Whether the DNS has what receivers need to verify the mail that is signed with each stored key.

import {recordNameOf} from '../../shared/dkim/key-name.ts';
import {dnsRecordOf} from '../../shared/dkim/private-key.ts';
import type {Parsed} from '../../shared/parsed.ts';
import {countOf} from '../terminal/printable.ts';
import {type DkimRecord, parseDkimRecord} from './dkim-record.ts';
import {bad, type Finding, good, hint, isBad, type Section} from './finding.ts';
import type {Questions, Txt} from './questions.ts';
import type {StoredKey} from './stored-keys.ts';
import {isVerified} from './trial-signature.ts';

const mostKeys = 20;
const goodBits = 2048;

interface CheckedKey {
  readonly stored: StoredKey;
  readonly findings: readonly Finding[];
}

export interface DkimSection extends Section {
  /** The domains (d=) whose signatures hold. */
  readonly signers: readonly string[];
}

/** @param stored or why they cannot be read. @param isOthersTask whether somebody else may sign: a smarthost, or whoever made the message */
export async function dkimSectionOf(
  domain: string,
  stored: Parsed<readonly StoredKey[]>,
  {
    questions,
    nowMs,
    isOthersTask,
  }: {readonly questions: Questions; readonly nowMs: number; readonly isOthersTask: boolean},
): Promise<DkimSection> {
  const keys = stored.ok ? stored.value : [];
  const checked = await Promise.all(
    keys.slice(0, mostKeys).map(async (stored): Promise<CheckedKey> => {
      return {stored, findings: await findingsOf(stored, questions, nowMs)};
    }),
  );
  const none = !stored.ok
    ? hint(domain, `its stored keys cannot be read: ${stored.problem}`)
    : isOthersTask
      ? hint(
          domain,
          'no key is stored for it: that mail is signed is the smarthost’s task, or of whoever makes it',
        )
      : bad(domain, 'no key is stored for it: its mail is not signed');
  const more =
    keys.length > mostKeys
      ? [hint(domain, `has ${keys.length} keys; the first ${mostKeys} are looked at`)]
      : [];
  const holding = checked.filter(({findings}) => !findings.some(isBad));
  return {
    subject: 'dkim',
    findings: keys.length === 0 ? [none] : [...checked.flatMap(({findings}) => findings), ...more],
    signers: [...new Set(holding.map(({stored}) => stored.domain))],
    data: {
      keys: checked.map(({stored, findings}) => ({
        domain: stored.domain,
        selector: stored.selector,
        name: recordNameOf(stored),
        type: stored.key.ok ? stored.key.value.privateKey.asymmetricKeyType : null,
        ok: !findings.some(isBad),
      })),
    },
  };
}

async function findingsOf(
  stored: StoredKey,
  questions: Questions,
  nowMs: number,
): Promise<readonly Finding[]> {
  const name = recordNameOf(stored);
  const {key, isSecret} = stored;
  if (!key.ok) return [bad(name, `the stored key ${key.problem}`)];
  const {privateKey} = key.value;
  const open = isSecret
    ? []
    : [bad(name, 'the stored key is no SecureString: whoever reads parameters reads it')];
  const [answer, alias] = await Promise.all([questions.txt(name), questions.ask(name, 'CNAME')]);
  const target = alias.kind === 'found' ? alias.records[0] : undefined;
  // Nothing else may stand beside an alias (RFC 1034 3.6.2).
  const wanted = {name: target ?? name, type: 'TXT', value: dnsRecordOf(privateKey)} as const;
  const through = target === undefined ? '' : `, an alias of ${target},`;
  if (answer.kind === 'unknown') return [...open, bad(name, `cannot be looked up: ${answer.why}`)];
  if (answer.kind === 'none') {
    const astray = await astrayNameOf(stored, questions);
    const where = astray === undefined ? '' : `; there is one at ${astray}: the zone has added its own name`;
    return [...open, bad(name, `${through.slice(2)} has no TXT record${where}`.trim(), wanted)];
  }
  const {records} = answer;
  if (records.length > 1)
    return [
      ...open,
      bad(name, `has ${records.length} TXT records, and receivers take any of them: leave one`, wanted),
    ];
  const record = parseDkimRecord(records[0]!.text);
  if (!record.ok)
    return [...open, bad(name, `the record ${record.problem}${splitWords(records[0]!)}`, wanted)];
  const differs = differenceOf(record.value, key.value.privateKey.asymmetricKeyType);
  if (differs !== undefined) return [...open, bad(name, differs, wanted)];
  if (!isVerified({...stored, privateKey}, record.value.publicKey, nowMs))
    return [...open, bad(name, 'the record is of another key: what is signed does not verify', wanted)];
  return [
    ...open,
    good(
      name,
      `${through.slice(2)} is the stored key: ${typeWords(record.value)}; a trial signature verifies`.trim(),
    ),
    ...weaknessesOf(name, record.value),
  ];
}

const typeWords = ({type, bits}: DkimRecord): string => (type === 'rsa' ? `RSA, ${bits} bits` : 'Ed25519');

const differenceOf = ({type}: DkimRecord, wanted: string | undefined): string | undefined =>
  type === wanted ? undefined : `the record is of a key of type ${type}, the stored one is ${wanted}`;

const splitWords = ({strings}: Txt): string => (strings > 1 ? ` (${countOf(strings, 'string')})` : '');

function weaknessesOf(name: string, {bits, isTesting, oddities}: DkimRecord): readonly Finding[] {
  return [
    ...(bits !== undefined && bits < goodBits
      ? [hint(name, `${bits} bits are few: ${goodBits} are usual`)]
      : []),
    ...(isTesting ? [hint(name, 't=y says that the domain is only testing: take it out when it works')] : []),
    ...oddities.map(oddity => hint(name, `the record has ${oddity}`)),
  ];
}

/** A zone file adds the zone's name to what has no dot at its end. */
async function astrayNameOf(stored: StoredKey, questions: Questions): Promise<string | undefined> {
  const name = `${recordNameOf(stored)}.${stored.domain}`;
  return (await questions.txt(name)).kind === 'found' ? name : undefined;
}

// Keys for people, for zones and for programs: the public half alone. The only text with a private key is for SSM.

import type {KeyObject} from 'node:crypto';
import {type KeyName, recordNameOf} from '../../shared/dkim/key-name.ts';
import {dnsRecordOf} from '../../shared/dkim/private-key.ts';
import type {DkimKey} from '../../shared/dkim/signature.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {printable} from '../terminal/printable.ts';
import {bitsOf, type StoredKey, typeOf, typeText} from './stored-key.ts';

/** PKCS#8, as SSM has it. */
export const pemOf = (key: KeyObject): string => key.export({type: 'pkcs8', format: 'pem'}) as string;

export const fullName = ({domain, selector}: KeyName): string => printable(`${selector} of ${domain}`);

/** RFC 1035 3.3: a string of a TXT record. */
const longestString = 255;

const stringsOf = (text: string): readonly string[] =>
  text.match(new RegExp(`.{1,${longestString}}`, 'gs')) ?? [];

/** As a zone file has it, in one line. */
const zoneLineOf = (key: DkimKey): string =>
  `${recordNameOf(key)}. IN TXT ${stringsOf(dnsRecordOf(key.privateKey))
    .map(text => `"${text}"`)
    .join(' ')}`;

/** The record: name, type and value, or a line of a zone file. */
export const recordLines = (key: DkimKey, asZone: boolean): readonly string[] =>
  asZone
    ? [zoneLineOf(key)]
    : [`name   ${recordNameOf(key)}`, 'type   TXT', `value  ${dnsRecordOf(key.privateKey)}`];

const recordDocument = (key: DkimKey) => {
  const value = dnsRecordOf(key.privateKey);
  return {name: recordNameOf(key), type: 'TXT', value, strings: stringsOf(value)};
};

/** What `--json` tells of a key. */
export const keyDocument = (key: DkimKey) => ({
  domain: key.domain,
  selector: key.selector,
  type: typeOf(key.privateKey),
  bits: bitsOf(key.privateKey) ?? null,
  record: recordDocument(key),
});

export const storedKeyDocument = (key: StoredKey) => {
  const {domain, selector, state, privateKey, warning, version, sinceMs} = key;
  const stored = {state, version, since: utcTimeOf(sinceMs), warning: warning ?? null};
  return privateKey.ok
    ? {...keyDocument({domain, selector, privateKey: privateKey.value}), ...stored}
    : {domain, selector, type: null, bits: null, record: null, ...stored, problem: privateKey.problem};
};

export const storedKeyText = ({privateKey}: StoredKey): string =>
  privateKey.ok ? typeText(privateKey.value) : 'broken';

// Secrets in messages, and in text that is no message: they are never shown. Each expression takes time in proportion to
// the text: what it repeats is bounded, or ends where the next one begins.

import {isJsonObject, type Json, type JsonObject} from '../json.ts';
import {mask} from '../smtp/mask.ts';
import {isUrl} from '../smtp/smarthost.ts';
import {withoutNearValues} from './mq-headers.ts';
import {isNearlySmarthost} from './smarthost-names.ts';

/** Properties that hold a secret wherever they stand. */
const secretWords =
  'password|passwd|passphrase|secret|private[-_]?key|api[-_]?key|(?:access|refresh|auth|bearer)[-_]?token';
const secretName = new RegExp(`(?:${secretWords}|(?:^|[-_.])(?:pass|pwd))$`, 'i');
const secretNameInCamelCase = /[a-z](?:Pass|Pwd)$/;
/** Below `dkim` these hold private keys. */
const dkimSecretName = /^(?:key|private[-_]?key)$/i;

function isSecret(given: string): boolean {
  // A blank behind a name, or a character in it that cannot be seen, makes no other name of it.
  const name = given.normalize('NFKC').replace(/[^\p{L}\p{N}_.-]/gu, '');
  return secretName.test(name) || secretNameInCamelCase.test(name) || isNearlySmarthost(name);
}

/** The same JSON without the properties that hold secrets, and with the secrets in its texts masked. */
export const withoutSecrets = (object: JsonObject): JsonObject => redact(object, false) as JsonObject;

function redact(value: Json, dkim: boolean): Json {
  if (typeof value === 'string')
    return maskedUrls(value.replace(pem, mask).replace(bareKey, mask).replace(header, maskedField));
  if (Array.isArray(value)) return value.map(item => redact(item, dkim));
  if (!isJsonObject(value)) return value;
  // A `mime` object may write a header field as {"key": …, "value": …}.
  const isSecretHeader = typeof value.key === 'string' && isSecret(value.key);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isSecret(name) && !(isSecretHeader && name === 'value'))
      .filter(([name]) => !(dkim && dkimSecretName.test(name)))
      .map(([name, member]) => [name, redactMember(name, member, dkim)]),
  );
}

function redactMember(name: string, value: Json, dkim: boolean): Json {
  if (name === 'smarthost') return harmlessOf(value);
  if (name === 'mime' && typeof value === 'string') return redact(withoutNearValues(value, mask), dkim);
  return redact(value, dkim || name === 'dkim');
}

/** Of a smarthost only what cannot be a secret: a password under a wrong name, or in a wrong place, is not shown. */
function harmlessOf(smarthost: Json): Json {
  if (typeof smarthost === 'string') return maskedRelay(smarthost);
  if (!isJsonObject(smarthost)) return mask;
  const {hostname, port, username, password, security} = smarthost;
  const hosts = Array.isArray(hostname) ? hostname.filter(host => typeof host === 'string') : undefined;
  return {
    ...(typeof hostname === 'string' && {hostname: maskedRelay(hostname)}),
    ...(hosts && {hostname: hosts.map(maskedRelay)}),
    ...((typeof port === 'number' || (typeof port === 'string' && /^\d{1,5}$/.test(port))) && {port}),
    // An API key may be given as the user name and as the password.
    ...(typeof username === 'string' && username !== password && {username}),
    ...(typeof security === 'string' && /^[a-z]{1,20}$/i.test(security) && {security}),
  };
}

/** A relay's URL, or whatever else stands in its place or in that of a host name. */
export function maskedRelay(text: string): string {
  const [scheme = ''] = isUrl(text) ? /^.*?:\/\//s.exec(text)! : [];
  return scheme + maskedUserinfo(text.slice(scheme.length), text.lastIndexOf('@') - scheme.length);
}

/** Without a colon all of it is masked: it may be a user name or a token. */
function maskedUserinfo(text: string, at: number): string {
  if (at < 0) return text;
  const colon = text.slice(0, at).indexOf(':');
  return `${text.slice(0, colon + 1)}${mask}${text.slice(at)}`;
}

// What follows the scheme of a URL. In JSON its slashes may be written as `\/`.
const urlRest = /:\\{0,8}\/\\{0,8}\/[^\s"'<>]*/g;

/** `scheme://user:***@host` for every URL. In a URL for SMTP the password may hold slashes that are not encoded. */
const maskedUrls = (text: string): string =>
  text.replace(urlRest, (rest, index: number) => {
    const slashes = rest.lastIndexOf('/', rest.search(/[^:\\/]|$/)) + 1;
    const authority = rest.slice(slashes);
    const isSmtp = /smtps?$/i.test(text.slice(Math.max(index - 5, 0), index));
    const end = isSmtp ? authority.length : authority.search(/[/?#\\]|$/);
    return rest.slice(0, slashes) + maskedUserinfo(authority, authority.lastIndexOf('@', end));
  });

// Fields whose value may be a password: all of the smarthost's that do not say something else.
const headerName = String.raw`x-mq-smarthost(?!-(?:hostname|port|username|security)[ \t]*:)[!-9;-~]{0,40}[\s\u200b-\u200f\u2060\ufeff\u00ad]*[:=\uff1a]`;
// With its folded lines. A bare CR does not end it.
const header = new RegExp(String.raw`(${headerName})([^\n]*(?:\n[ \t][^\n]*)*)`, 'gi');

/** The field with its value masked, and its line end as it is. */
function maskedField(_: string, name: string, value: string): string {
  let end = value.length;
  while (value[end - 1] === '\r') end--;
  return `${name} ${mask}${value.slice(end)}`;
}

// The same in JSON text, where a line ends in escapes and the text at a quote.
const escapedEnd = String.raw`(?:\\r){0,4}\\n|\r?\n`;
const escapedHeader = new RegExp(
  String.raw`(${headerName})(?:(?:${escapedEnd})(?:[ \t]|\\t)|(?!${escapedEnd}|")(?:\\.|.))*`,
  'gis',
);
// A name that ends in one of the words, quoted or not, perhaps in JSON within JSON. Then its value: quoted, up to the same
// quote or the end of a text that was cut; a list or an object, with all that follows; or a word.
const propertyName = `(?:${secretWords}|(?<![a-z])(?:pass|pwd))`;
const propertyValue = String.raw`(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|(\\+)".*?(?:(?<!\\)\2"|$)|'[^']*(?:'|$)|[[{].*|[^\r\n,}\]&]+)`;
const property = new RegExp(String.raw`(${propertyName}\\*["']?\s*[:=]\s*)${propertyValue}`, 'gis');
const pem = /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs;
// The base64 of a private key without header lines: how the DER of RSA keys and of Ed25519 keys begins, and what follows,
// also with line ends, or with their escapes.
const bareKey =
  /(?:MII[A-Za-z0-9+/]{3}IBA|M(?:C4CAQA|FECAQE)wBQYDK2VwBCIEI)(?:[A-Za-z0-9+/=\s]|\\{1,8}[nr])*/g;

/** A text that is no message, with everything masked that looks like a secret. */
export function maskedText(text: string): string {
  const isJson = /^\s*[[{"]/.test(text);
  const masked = text.replace(pem, mask).replace(bareKey, mask);
  const fieldless = isJson
    ? masked.replace(escapedHeader, `$1 ${mask}`)
    : withoutNearValues(masked, mask).replace(header, maskedField);
  return maskedUrls(fieldless.replace(property, `$1${mask}`));
}

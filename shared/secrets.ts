// What must never be shown: taken out of messages, of text that is not a message, and of what servers say.

import {isJsonObject, type Json, type JsonObject} from './json.ts';

const mask = '***';

/** Properties that hold a secret wherever they stand, and those that do below `dkim`. */
const secretName = /(?:password|passwd|secret|private[-_]?key)$/i;
const dkimSecretName = /^(?:key|private[-_]?key)$/i;

/** The same JSON without its secrets: their properties are gone. Keys below `dkim` are private keys. */
export function withoutSecrets(object: JsonObject): JsonObject {
  return redact(object, false) as JsonObject;
}

function redact(value: Json, dkim: boolean): Json {
  if (typeof value === 'string') return value.replace(pem, mask).replace(header, `$1 ${mask}`);
  if (Array.isArray(value)) return value.map(item => redact(item, dkim));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !secretName.test(name) && !(dkim && dkimSecretName.test(name)))
      .map(([name, member]) => [name, redact(member, dkim || name === 'dkim')]),
  );
}

// A field of MIME text, with its folded lines.
const header = /(x-mq-smarthost-password[ \t]*:)(?:\r?\n[ \t]|(?!\r?\n).)*/gis;
// The same inside JSON text, where lines end in escapes and the text at a quote.
const escapedHeader =
  /(x-mq-smarthost-password[ \t]*:)(?:(?:\\r)?\\n(?: |\\t)|\r?\n[ \t]|(?!(?:\\r)?\\n|\r?\n|")(?:\\.|.))*/gis;
// A name that ends in one of the words, quoted or not, perhaps in JSON within JSON; then its value: quoted, up
// to the same quote or the end of a text that was cut; a list or an object, with all that follows; or a word.
const property =
  /((?:password|passwd|secret|private[-_]?key)\\*["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|(\\+)".*?(?:(?<!\\)\2"|$)|'[^']*(?:'|$)|[[{].*|[^\r\n,}\]&]+)/gis;
const pem = /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs;

/** A text that could not be read as a message, with everything that looks like a secret masked. */
export function maskedText(text: string): string {
  const field = /^\s*[[{"]/.test(text) ? escapedHeader : header;
  return text.replace(pem, mask).replace(field, `$1 ${mask}`).replace(property, `$1${mask}`);
}

/** Shorter secrets are parts of common words, which would show them where they are masked. */
const shortSecret = 4;
/** What a server may show of a secret that AUTH has encoded, the end perhaps cut off. */
const base64Run = /[A-Za-z0-9+/]{8,}/g;
const base64Of = (text: string): string => Buffer.from(text).toString('base64');

/**
 * A server's words with the credentials masked, should it echo them: plain, or as AUTH encoded them, in any case.
 * @param isOfAuth whether the words answer AUTH. Short secrets are echoed nowhere else; then all of the text is
 *   masked, as the words around a short mask could tell what was there.
 */
export function maskedReply(text: string, secrets: readonly string[], isOfAuth = false): string {
  const short = secrets.filter(secret => secret !== '' && secret.length < shortSecret);
  if (isOfAuth && short.some(secret => hasWord(text, secret) || text.includes(base64Of(secret)))) return mask;
  const long = secrets.filter(secret => secret.length >= shortSecret);
  const encoded = long.map(secret => base64Of(secret).replace(/=+$/, ''));
  const whole = [...long, ...encoded]
    .sort((a, b) => b.length - a.length)
    .reduce((masked, form) => masked.replaceAll(new RegExp(`${RegExp.escape(form)}=*`, 'gi'), mask), text);
  const folded = encoded.map(form => form.toLowerCase());
  return whole.replace(base64Run, run =>
    folded.some(form => form.includes(run.toLowerCase())) ? mask : run,
  );
}

/** Whether a word stands alone, perhaps in quotes or behind a colon. */
const hasWord = (text: string, word: string): boolean =>
  text.split(/\s+/).includes(word) || text.split(/[\s"'`()<>[\]{}=:;,.]+/).includes(word);

// What must never be shown: taken out of messages, of text that is not a message, and of what servers say.

import {isJsonObject, type Json, type JsonObject} from './json.ts';

const mask = '***';

/** Properties that hold a secret wherever they stand, and those that do below `dkim`. */
const secretName = /(?:password|passwd|secret|private-?key)$/i;
const dkimSecretName = /^(?:key|private-?key)$/i;

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

// A name that ends in one of the words, quoted or not; then its value, quoted or up to the next separator.
const property =
  /((?:password|passwd|secret|private-?key)["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*(?:"|$)|'[^']*(?:'|$)|[^\s,}]+)/gis;
// In JSON text a line ends in an escape, in MIME text in a line end; what follows a fold belongs to it.
const header = /(x-mq-smarthost-password[ \t]*:)(?:(?:\\r)?\\n(?: |\\t)|\r?\n[ \t]|(?!\\[rn]|[\r\n"]).)*/gi;
const pem = /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs;

/** A text that could not be read as a message, with everything that looks like a secret masked. */
export const maskedText = (text: string): string =>
  text.replace(pem, mask).replace(header, `$1 ${mask}`).replace(property, `$1${mask}`);

/** A server's words with the credentials masked, should it echo them: plain, or as AUTH encoded them. */
export function maskedReply(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap(secret => [secret, Buffer.from(secret).toString('base64')]);
  return forms.filter(form => form.length > 0).reduce((masked, form) => masked.replaceAll(form, mask), text);
}

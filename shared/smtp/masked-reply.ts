// The words of a server without our credentials: some servers echo what they were given.

import {mask} from './mask.ts';

/** Shorter secrets occur within common words: those words, masked, would tell the secret. */
const shortSecret = 4;
/** What a server may show of a secret that AUTH has encoded. The end may be cut off. */
const base64Run = /[A-Za-z0-9+/]{8,}/g;
const base64Of = (text: string): string => Buffer.from(text).toString('base64');

/**
 * A server's words with the credentials masked: plain, or as AUTH encodes them, in any case.
 * @param isOfAuth whether the words answer AUTH. Only there may a short secret be echoed. The whole text is masked
 *   then, as the words around a short mask could tell what was there.
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

// Whether a server knows BDAT (RFC 3030), before it is shown any text by it: one that passes CHUNKING on and does not
// know BDAT would read a text as commands. The probe goes before the MAIL of a message that is sent by DATA, in the same
// flight. Outside a transaction BDAT is out of place, so that it changes nothing, and it carries no text.

import type {Tried} from './failure.ts';
import {isGood, isRefusal} from './flight-replies.ts';
import type {Command} from './mail-parameters.ts';

export const probe: Command = ['mailfrom', 'BDAT 0 LAST'];

/** `unclear`: no reply on the connection can be believed any more. */
export type Probed = 'known' | 'unknown' | 'unclear';

/**
 * 503 says that it knows BDAT, and 500 or 502 that it does not. A server may also have lost the probe, or answered it
 * twice, and then the replies behind it are not what they seem. Only DATA is answered by 354: that shows that each
 * reply was its own command's.
 * @param replies to the probe, MAIL, RCPT and DATA, as far as they have come
 * @returns undefined as long as nothing is known
 */
export function probedOf(replies: readonly (Tried | undefined)[]): Probed | undefined {
  const [probed, mail, rcpt, data] = replies;
  if (probed === undefined) return undefined;
  if (!probed.ok || ![500, 502, 503].includes(probed.reply.code)) return 'unclear';
  for (const each of [mail, rcpt]) if (each?.ok && !isGood(each) && !isRefusal(each)) return 'unclear';
  if (mail?.ok && mail.reply.code === probed.reply.code) return 'unclear';
  const hasNoMail = mail?.ok && isRefusal(mail);
  if (hasNoMail && [rcpt, data].some(each => each?.ok && !isRefusal(each))) return 'unclear';
  if (!data?.ok || isRefusal(data)) return undefined;
  if (data.reply.code !== 354) return 'unclear';
  return probed.reply.code === 503 ? 'known' : 'unknown';
}

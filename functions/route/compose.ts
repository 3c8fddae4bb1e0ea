// The text step that turns a `mime` object into MIME text by nodemailer's composer. The id and the date come from the
// message's arrival, so that a repeated run makes the same text of it.

import MailComposer from 'nodemailer/lib/mail-composer';
import {type Draft, type Message, type ParsedMessage, refusing} from '../../shared/message/message.ts';
import {type MessageRules, withText} from '../../shared/message/message-body.ts';
import {identityOf} from '../../shared/message/tracking.ts';

export async function compose(message: Message | Draft, rules: MessageRules): Promise<ParsedMessage> {
  if ('text' in message) return {ok: true, message};
  try {
    return withText(message, await composedText(message), rules);
  } catch (error) {
    const problem = `cannot be made into a message: ${(error as Error).message}`;
    return refusing(message, {path: 'mime', problem});
  }
}

/** @throws Error when the composer cannot make a text of it, or it asks for a file or a URL */
export async function composedText({mime, tracking, envelope, recipient}: Draft): Promise<string> {
  // nodemailer would pass it over.
  if (mime.dkim !== undefined) throw new Error('dkim stands beside mime, not in it');
  const composer = new MailComposer({
    messageId: `<${identityOf(tracking)}@${(envelope ?? recipient).domain}>`,
    date: new Date(tracking.arrivedMs),
    ...mime,
    // A message must not read this function's files, nor make it call other hosts.
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  });
  const octets = await composer.compile().build();
  const text = octets.toString('utf8');
  // The text travels in JSON, so it must be UTF-8. With an encoding of 8bit or binary it may be something else.
  if (!Buffer.from(text).equals(octets))
    throw new Error('it has 8-bit content that is not UTF-8; use base64');
  return text;
}

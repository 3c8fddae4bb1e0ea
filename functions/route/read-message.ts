// The message of a record; a `mime` object is composed first, and may bring x-mq-* headers of its own.

import {bodyOf} from '../../shared/json.ts';
import {type MessageRules, type ParsedMessage, parseMessage} from '../../shared/message/message.ts';
import {type Arrival, identityOf} from '../../shared/message/tracking.ts';
import {composeMime} from './compose.ts';

export async function readMessage(
  body: string,
  arrival: Arrival,
  rules: MessageRules,
): Promise<ParsedMessage> {
  const parsed = parseMessage(body, arrival, rules);
  if (!parsed.ok) return parsed;
  const {message} = parsed;
  if ('text' in message) return {ok: true, message};
  const {mime, properties, envelope, recipient, queues, tracking} = message;
  try {
    const {arrivedMs} = tracking;
    const text = await composeMime(
      mime,
      {id: identityOf(tracking), arrivedMs},
      (envelope ?? recipient).domain,
    );
    // A text stays a text.
    return parseMessage(bodyOf({...properties, mime: text}), arrival, rules) as ParsedMessage;
  } catch (error) {
    const problem = `cannot be made into a message: ${(error as Error).message}`;
    return {ok: false, problems: [{path: 'mime', problem}], properties, queues, tracking};
  }
}

// A valid message and the settings of a stage, to be varied, and the time that it is in the tests.

import type {JsonObject} from '../../shared/json.ts';
import type {Draft, Message, ParsedMessage, Refusal} from '../../shared/message/message.ts';
import {type MessageRules, parseMessage} from '../../shared/message/message-body.ts';
import type {Arrival} from '../../shared/message/tracking.ts';
import {parseSettings, type Settings} from '../../shared/settings/settings.ts';
import {type Mailbox, parseMailbox} from '../../shared/smtp/address.ts';
import {parseUtcTime} from '../../shared/utc-time.ts';

export const at = (time: string): number => {
  const ms = parseUtcTime(time);
  if (ms === undefined) throw new RangeError(`not a time: ${time}`);
  return ms;
};

export function mailbox(text: string): Mailbox {
  const parsed = parseMailbox(text);
  if (!parsed.ok) throw new RangeError(parsed.problem);
  return parsed.value;
}

export const now = at('2030-01-01 12:00:00');
/** From a queue of ours, whose tracking is believed, and from the outbox. */
export const arrival = {id: 'message-1', arrivedMs: now, ours: true};
export const fromOutbox = {id: 'message-1', arrivedMs: now};

export const plain = {
  envelope: 'sender@example.com',
  recipient: 'rcpt@example.org',
  mime: 'Subject: s\r\n\r\nbody\r\n',
};

/** The plain message with other properties; undefined takes one away. */
export const bodyWith = (properties: Record<string, unknown> = {}): string =>
  JSON.stringify({...plain, ...properties});

export function parse(body: string, from: Arrival = arrival, rules?: MessageRules): ParsedMessage {
  const parsed = parseMessage(body, from, rules);
  if (!parsed.ok) return parsed;
  if (!('text' in parsed.message)) throw new Error('the text of the message is still to be composed');
  return {ok: true, message: parsed.message};
}

/** What decideRoute is told of a record. */
export const incoming = (body: string, from: Arrival = arrival) => ({
  ...from,
  body,
  oversizeQueue: 'oversize',
});

export function messageOf(parsed: ParsedMessage): Message {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.message;
}

export function refusalOf(parsed: ParsedMessage): Refusal {
  if (parsed.ok) throw new Error('the message was taken for a valid one');
  return parsed;
}

export const message = (properties: Record<string, unknown> = {}): Message =>
  messageOf(parse(bodyWith(properties)));

/** The plain message with a text that is still to be composed. */
export function draft(mime: JsonObject, properties: Record<string, unknown> = {}): Draft {
  const parsed = parseMessage(bodyWith({...properties, mime}), fromOutbox);
  if (!parsed.ok || 'text' in parsed.message) throw new Error(`no draft: ${JSON.stringify(parsed)}`);
  return parsed.message;
}

export function settings(parameters: Record<string, string> = {}): Settings {
  const list = Object.entries(parameters).map(([name, value]) => ({name, value}));
  const parsed = parseSettings(list);
  if (parsed.settings === undefined || parsed.problems.length > 0)
    throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

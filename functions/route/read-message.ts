// The message of a record: parsed, then taken through the text steps. Each step makes or changes the message's text, once and
// before it goes into the delivery queue, so that every attempt sends the same text.

import type {Draft, Message, ParsedMessage} from '../../shared/message/message.ts';
import {parseMessage} from '../../shared/message/message-body.ts';
import {type Arrival, isNew} from '../../shared/message/tracking.ts';
import type {Settings} from '../../shared/settings/settings.ts';

/** @returns the message with its new text; or its problems, which make it an invalid message */
export type TextStep<M extends Message | Draft = Message> = (
  message: M,
  settings: Settings,
) => ParsedMessage | Promise<ParsedMessage>;

/** In their order. The first step makes a text where there is none yet. */
export type TextSteps = readonly [TextStep<Message | Draft>, ...TextStep[]];

export async function readMessage(
  body: string,
  arrival: Arrival,
  settings: Settings,
  [firstStep, ...steps]: TextSteps,
): Promise<ParsedMessage> {
  const parsed = parseMessage(body, arrival, settings);
  if (!parsed.ok) return parsed;
  const {message} = parsed;
  // The text of one that comes back has been through the steps.
  if ('text' in message && !isNew(message.tracking, arrival)) return {ok: true, message};
  let read = await firstStep(message, settings);
  for (const step of steps) if (read.ok) read = await step(read.message, settings);
  return read;
}

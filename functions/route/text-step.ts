// Text steps make a message's text and change it, once and before it goes into the delivery queue: every attempt sends the
// same text.

import type {Draft, Message, ParsedMessage} from '../../shared/message/message.ts';
import type {Settings} from '../../shared/settings/settings.ts';

/** @returns the message with its new text; or its problems, which make it an invalid message */
export type TextStep<M extends Message | Draft = Message> = (
  message: M,
  settings: Settings,
) => ParsedMessage | Promise<ParsedMessage>;

/** In their order. The first step makes a text where there is none yet. */
export type TextSteps = readonly [TextStep<Message | Draft>, ...TextStep[]];

// The message of a record: parsed, then taken through the text steps.

import type {ParsedMessage} from '../../shared/message/message.ts';
import {parseMessage} from '../../shared/message/message-body.ts';
import type {Arrival} from '../../shared/message/tracking.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {TextSteps} from './text-step.ts';

export async function readMessage(
  body: string,
  arrival: Arrival,
  settings: Settings,
  [firstStep, ...steps]: TextSteps,
): Promise<ParsedMessage> {
  const parsed = parseMessage(body, arrival, settings);
  if (!parsed.ok) return parsed;
  let read = await firstStep(parsed.message, settings);
  for (const step of steps) if (read.ok) read = await step(read.message, settings);
  return read;
}

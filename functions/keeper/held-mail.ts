// Held mail, and what the gates say of it now: those that route and deliver have, as far as they hold mail or end it.

import {resolveDestination} from '../../shared/delivery/destination.ts';
import {type Candidate, openGates, type Stop} from '../../shared/delivery/gate.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {forcedBounce, inWindow, paused} from '../../shared/delivery/gates/steered.ts';
import {parseMessage} from '../../shared/message/message-body.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Taken} from '../runtime/sqs.ts';

export interface HeldMail {
  readonly taken: Taken;
  /** Undefined where nothing stops it, or nobody can read it: route will say. */
  readonly stop: Stop | undefined;
  readonly arrivedMs: number;
}

const gates = [expiry, forcedBounce(), paused(), inWindow()];

export async function heldMailOf(
  all: readonly Taken[],
  settings: Settings,
  now: () => number,
): Promise<readonly HeldMail[]> {
  const candidates = new Map(all.map(taken => [taken, candidateOf(taken, settings)]));
  const readable = [...candidates.values()].filter(candidate => candidate !== undefined);
  const decide = await openGates(gates, {candidates: readable, settings, now});
  return all.map(taken => {
    const candidate = candidates.get(taken);
    return {
      taken,
      stop: candidate && decide(candidate, now()),
      arrivedMs: candidate?.message.tracking.arrivedMs ?? taken.sentMs,
    };
  });
}

function candidateOf({body, messageId: id, sentMs}: Taken, settings: Settings): Candidate | undefined {
  const parsed = parseMessage(body, {id, arrivedMs: sentMs, ours: true});
  if (!parsed.ok || !('text' in parsed.message)) return undefined;
  const {message} = parsed;
  return {message, destination: resolveDestination(message, settings)};
}

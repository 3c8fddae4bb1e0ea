// One message at its turn: it is attempted unless a gate stops it. What is written down about it is the settler's business.

import {classOf} from '../../shared/classes/class-of.ts';
import type {Decide, Stop} from '../../shared/delivery/gate.ts';
import {attempted, type Outcome, stopped} from '../../shared/delivery/outcome.ts';
import {entryOf} from '../../shared/delivery/result-entry.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Receivers} from '../receivers/receivers.ts';
import {type AttemptOptions, attemptDelivery} from './attempt.ts';
import {entryFactsOf} from './entry-facts.ts';
import type {Lane} from './lane.ts';
import type {Deliverable} from './read-record.ts';
import {ReceiverWatch} from './receiver-watch.ts';

/** A message that has begun: its place on the lane, and its time. */
export type Begun = Pick<AttemptOptions, 'turn' | 'isFirst' | 'deadlineMs' | 'lastTextMs'> & {
  readonly lane: Lane;
};

export interface Rules {
  readonly settings: Settings;
  readonly decide: Decide;
  /** By the newest settings: whether a transaction may still begin. */
  readonly steer: Decide;
}

export type MessageParts = Pick<AttemptOptions, 'nextHops' | 'troubles' | 'contentOf' | 'now'> & {
  readonly receivers: Receivers;
  /** Sees to it that settings are not older than they may be. */
  readonly renewSettings: () => Promise<void>;
};

/** No outcome: the message stays in its group. */
export type Unsettled =
  /** The function's time is over. */
  {readonly kind: 'late'} | {readonly kind: 'hidden'; readonly untilMs: number; readonly cause: string};

export async function deliverMessage(
  candidate: Deliverable,
  {lane, ...begun}: Begun,
  {settings, decide, steer}: Rules,
  parts: MessageParts,
): Promise<Outcome | Unsettled> {
  const {now, receivers, renewSettings} = parts;
  const startMs = now();
  const stop = decide(candidate, startMs);
  if (stop !== undefined) return ended(candidate, stop, settings, startMs);
  const {message, destination} = candidate;
  const watch = new ReceiverWatch(candidate, {receivers, now});
  // To find a server may take minutes.
  const stopOf = async () => {
    await renewSettings();
    return steer(candidate, now());
  };
  const attempt = await attemptDelivery(message, destination, lane, {
    ...begun,
    ...parts,
    settings,
    watch,
    stopOf,
  });
  const timeMs = now();
  switch (attempt.kind) {
    case 'attempted': {
      const durationMs = timeMs - startMs;
      const facts = {...entryFactsOf(attempt, destination, settings.resultsDetail), durationMs};
      const context = {domain: message.recipient.domain, ownRules: settings.classes};
      const entry = entryOf(attempt, facts, timeMs, failure => classOf(failure, context));
      return attempted(candidate, {...attempt, entry, durationMs}, settings, timeMs);
    }
    case 'out-of-time':
      return {kind: 'late'};
    case 'stopped':
      return ended(candidate, attempt.stop, settings, timeMs);
    case 'full':
      return {
        kind: 'hidden',
        untilMs: attempt.untilMs,
        cause: 'its next hop has no room for another connection',
      };
    default: {
      const again = decide(candidate, timeMs);
      const {probe} = receivers.entryOf(destination.receiver) ?? {};
      // The first message that is kept waiting is the first to try again.
      if (again?.kind === 'hold' && probe)
        return ended(candidate, {...again, untilMs: probe.dueMs}, settings, timeMs);
      if (again !== undefined) return ended(candidate, again, settings, timeMs);
      return {
        kind: 'hidden',
        untilMs: timeMs + againMs,
        cause: `its receiver failed: ${attempt.failure.description}`,
      };
    }
  }
}

/** How long a lane waits after a failure that is its receiver's, before that counts as slow or down. */
const againMs = 2_000;

function ended(candidate: Deliverable, stop: Stop, settings: Settings, timeMs: number): Outcome | Unsettled {
  if (stop.kind !== 'hide') return stopped(candidate, stop, settings, timeMs);
  return {kind: 'hidden', untilMs: stop.untilMs, cause: stop.cause};
}

// One message at its turn: it is attempted unless a gate stops it. What is written down about it is the settler's business.

import {type Destination, nextHopName} from '../../shared/delivery/destination.ts';
import type {Decide} from '../../shared/delivery/gate.ts';
import {attempted, type Outcome, stopped} from '../../shared/delivery/outcome.ts';
import {entryOf} from '../../shared/delivery/result-entry.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {type Attempt, type AttemptOptions, attemptDelivery} from './attempt.ts';
import type {Lane} from './lane.ts';
import type {Deliverable} from './read-record.ts';

/** A message that has begun: its place on the lane, and its time. */
export type Begun = Pick<AttemptOptions, 'turn' | 'isFirst' | 'deadlineMs' | 'lastTextMs'> & {
  readonly lane: Lane;
};

export interface Rules {
  readonly settings: Settings;
  readonly decide: Decide;
}

/** @returns undefined when the function's time is over: the message is to be redelivered as it is */
export async function deliverMessage(
  candidate: Deliverable,
  {lane, ...begun}: Begun,
  {settings, decide}: Rules,
  parts: Pick<AttemptOptions, 'nextHops' | 'troubles' | 'contentOf' | 'now'>,
): Promise<Outcome | undefined> {
  const {now} = parts;
  const startMs = now();
  const stop = decide(candidate, startMs);
  if (stop !== undefined) return stopped(candidate, stop, settings, startMs);
  const {message, destination} = candidate;
  const attempt = await attemptDelivery(message, destination, lane, {...begun, ...parts, settings});
  if (attempt.kind === 'out-of-time') return undefined;
  if (attempt.kind === 'held') {
    const {untilMs, full} = attempt;
    const cause = full ? 'its next hop has no room for another connection' : 'its next hop is down';
    const facts = {nextHop: nextHopName(destination.nextHop), ...(full && {description: full.description})};
    return stopped(candidate, {kind: 'hold', untilMs, cause, facts, isTrouble: true}, settings, now());
  }
  const timeMs = now();
  const entry = entryOf(attempt, factsOf(attempt, destination), timeMs);
  return attempted(candidate, {...attempt, entry, durationMs: timeMs - startMs}, settings, timeMs);
}

const factsOf = ({mta, facts, messages}: Attempt, {nextHop}: Destination) => ({
  ...(mta !== undefined && {mta}),
  ...('missingCredential' in nextHop && {
    authentication: `none: smarthost.${nextHop.missingCredential} is missing`,
  }),
  ...facts,
  ...(messages !== undefined && messages > 0 && {messages}),
});

// One message at its turn: it is attempted unless a gate stops it. What is written down about it is the settler's business.

import {type Destination, nextHopName} from '../../shared/delivery/destination.ts';
import type {Decide} from '../../shared/delivery/gate.ts';
import {attempted, type Outcome, stopped} from '../../shared/delivery/outcome.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {type Attempt, attemptDelivery} from './attempt.ts';
import type {DeliverParts} from './deliver-parts.ts';
import type {Lane} from './lane.ts';
import type {Deliverable} from './read-record.ts';
import type {Turn} from './smtp/turns.ts';

export interface Begun {
  readonly lane: Lane;
  readonly turn: Turn;
  readonly deadlineMs: number;
  readonly lastTextMs: number;
  readonly isFirst: boolean;
}

export interface Rules {
  readonly settings: Settings;
  readonly decide: Decide;
}

/** @returns undefined when the function's time is over: the message is to come again as it is */
export async function deliverMessage(
  candidate: Deliverable,
  {lane, ...begun}: Begun,
  {settings, decide}: Rules,
  parts: Pick<DeliverParts, 'nextHops' | 'troubles' | 'contentOf' | 'now'>,
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
  const facts = factsOf(attempt, destination);
  return attempted(candidate, {...attempt, facts, startMs}, settings, now());
}

const factsOf = ({mta, facts, messages}: Attempt, {nextHop}: Destination) => ({
  ...(mta !== undefined && {mta}),
  ...('missingCredential' in nextHop && {
    authentication: `none: smarthost.${nextHop.missingCredential} is missing`,
  }),
  ...facts,
  ...(messages !== undefined && messages > 0 && {messages}),
});

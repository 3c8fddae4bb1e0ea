// The route function: gates between the queues. What it decides, shared/ decides.

import {RateLimits} from '../../functions/receivers/rate-limits.ts';
import {Receivers} from '../../functions/receivers/receivers.ts';
import {Crowd} from '../../functions/route/crowd.ts';
import {type Candidate, type Gate, openGates} from '../../shared/delivery/gate.ts';
import {admission, admissionLimitOf} from '../../shared/delivery/gates/admission.ts';
import {due} from '../../shared/delivery/gates/due.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {placementIn, unansweredReceiver} from '../../shared/delivery/gates/receiver.ts';
import {type DeliveryQueue, unansweredGroupOf} from '../../shared/delivery/receivers/placement.ts';
import type {Mail} from './mail.ts';
import type {Parts} from './parts.ts';

/** A batch: reading, composing, and the requests of SQS. */
const batchMs = 40;

export interface RouteState {
  readonly receivers: Receivers;
  readonly gates: readonly Gate[];
}

export function routeState({clock, tables, groups, queues: {fast, slow}, meter}: Parts): RouteState {
  const {now} = clock;
  const log = () => {};
  const receivers = new Receivers({table: tables.receivers, log, now, groups});
  const limits = new RateLimits(tables.slots, log, candidate =>
    admissionLimitOf(candidate, receivers.entryOf(candidate.destination.receiver), now()),
  );
  const depthOf = async (url: string) => {
    meter.fifo += 1;
    return url === slow.name ? slow.size : fast.size;
  };
  const crowd = new Crowd({sqs: {depthOf}, urls: {fast: fast.name, slow: slow.name}, log});
  const gates = [
    expiry,
    due,
    unansweredReceiver(receivers),
    admission({
      entryOf: receiver => receivers.entryOf(receiver),
      treatmentOf: receiver => receivers.treatmentOf(receiver),
      crowd,
      waitsOf: (candidates, clockNow) => limits.waitsOf(candidates, clockNow),
    }),
  ];
  return {receivers, gates};
}

export async function route(
  mails: readonly Mail[],
  {receivers, gates}: RouteState,
  parts: Parts,
): Promise<void> {
  const {clock, settings, groups, queues, fates} = parts;
  await receivers.refresh();
  const candidates = mails.map(({message, destination}): Candidate => ({message, destination}));
  const decide = await openGates(gates, {candidates, settings, now: clock.now});
  const forwards: Record<DeliveryQueue, [Mail, string][]> = {fast: [], slow: []};
  const stays = parts.stays();
  for (const [index, candidate] of candidates.entries()) {
    const mail = mails[index]!;
    const stop = decide(candidate, clock.nowMs);
    if (stop === undefined) {
      // As forwardOf of shared/delivery/route.ts, without a body.
      const placement = placementIn(candidate, receivers);
      const {receiver, group} = mail.destination;
      if (placement.kind === 'outside') forwards.slow.push([mail, unansweredGroupOf(receiver, groups)]);
      else forwards[placement.queue].push([mail, group]);
    } else if (stop.kind === 'hold') stays.held(mail, candidate, stop);
    else if (stop.kind === 'end') fates.expired(mail);
  }
  await clock.sleep(batchMs);
  for (const name of ['fast', 'slow'] as const)
    if (forwards[name].length > 0) queues[name].send(forwards[name]);
  stays.send();
}

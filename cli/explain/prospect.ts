// What would become of a message now: it is led through the gates of route, and through those of deliver, as far as they let
// it pass.

import {keysUnread} from '../../functions/deliver/dkim/signer.ts';
import {deliverGates} from '../../functions/deliver/gates.ts';
import {routeGates} from '../../functions/route/gates.ts';
import {type Candidate, type Gate, openGates, type Stop} from '../../shared/delivery/gate.ts';
import {placementIn} from '../../shared/delivery/gates/receiver.ts';
import type {Entry} from '../../shared/delivery/receivers/entry.ts';
import type {DeliveryQueue, Placement} from '../../shared/delivery/receivers/placement.ts';
import {type Forward, forwardOf} from '../../shared/delivery/route.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {StageState} from './stage-state.ts';

export interface Prospect {
  readonly candidate: Candidate;
  /** What all environments know of its receiver. */
  readonly entry: Entry | undefined;
  readonly placement: Placement;
  /** Where it would be put; undefined where route does not let it in. */
  readonly forward?: Forward;
  /** The gate that stops it, and in which function. */
  readonly stopped?: {readonly by: 'route' | 'deliver'; readonly stop: Stop};
  /** It would be the one message that tries whether its receiver works again. */
  readonly isProbe: boolean;
}

/** The groups of unanswered receivers are one here: who shares one is of no interest. */
const groups = 1;
/** A message that is alone in the slow queue waits a second for others, once. That is not worth telling. */
const receives = 2;

export async function prospectOf(
  candidate: Candidate,
  settings: Settings,
  {receivers, slots, suppressed, signer}: StageState,
  now: () => number,
): Promise<Prospect> {
  const log = () => {};
  const entry = receivers.entryOf(candidate.destination.receiver);
  const common = {candidate, entry, placement: placementIn(candidate, receivers), isProbe: false};
  const stopAt = async (gates: readonly Gate[], each: Candidate) =>
    (await openGates(gates, {candidates: [each], settings, now}))(each, now());
  // Whose mail crowds a queue each environment of route knows by its own last thousand messages.
  const crowd = {wanted: async () => {}, entered: () => {}, isCrowding: () => false};
  const routeStop = await stopAt(routeGates({receivers, slots, suppressed, crowd, log, now}), candidate);
  if (routeStop) return {...common, stopped: {by: 'route', stop: routeStop}};
  const forward = forwardOf(candidate, common.placement, groups);
  const inside = {
    ...candidate,
    lane: forward.groupId,
    deliveryQueue: forward.queue satisfies DeliveryQueue,
    receives,
  };
  const stop = await stopAt(deliverGates({receivers, slots, signer, log}), inside);
  // Who may explain need not be allowed to read keys: the functions are.
  const isOurs = stop?.kind === 'hold' && stop.cause === keysUnread;
  if (stop && !isOurs) return {...common, forward, stopped: {by: 'deliver', stop}};
  const isProbe = entry?.down !== undefined || common.placement.kind === 'outside';
  return {...common, forward, isProbe};
}

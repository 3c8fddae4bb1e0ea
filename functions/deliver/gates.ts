// What a message of a delivery queue has to pass before it is tried, in order.

import type {Gate} from '../../shared/delivery/gate.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {gathering} from '../../shared/delivery/gates/gathering.ts';
import {rate, rateLimitOf} from '../../shared/delivery/gates/rate.ts';
import {type KnownReceivers, receiver} from '../../shared/delivery/gates/receiver.ts';
import {settingsKnown} from '../../shared/delivery/gates/settings-known.ts';
import {
  forcedBounce,
  forcedDeferral,
  inWindow,
  type Newest,
  paused,
} from '../../shared/delivery/gates/steered.ts';
import {RateLimits} from '../receivers/rate-limits.ts';
import type {SlotTable} from '../receivers/slot-table.ts';
import type {Log} from '../runtime/log.ts';
import type {Signer} from './dkim/signer.ts';

export interface DeliverGateParts {
  readonly receivers: KnownReceivers;
  readonly slots: Pick<SlotTable, 'reserve'>;
  readonly signer: Pick<Signer, 'gate'>;
  readonly log: Log;
  /** The newest settings, as a pause counts within a batch too. */
  readonly newest?: Newest;
}

/** Asked once more before each transaction. */
export const steering = (newest?: Newest): readonly Gate[] => [
  forcedBounce(newest),
  paused(newest),
  inWindow(newest),
  forcedDeferral(newest),
];

export function deliverGates({receivers, slots, signer, log, newest}: DeliverGateParts): readonly Gate[] {
  const rateLimits = new RateLimits(slots, log, rateLimitOf);
  return [
    expiry,
    ...steering(newest),
    settingsKnown,
    receiver(receivers),
    gathering,
    signer.gate,
    rate((candidates, now) => rateLimits.waitsOf(candidates, now)),
  ];
}

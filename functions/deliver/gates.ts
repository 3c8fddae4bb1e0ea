// What a message of a delivery queue has to pass before it is tried, in order.

import type {Gate} from '../../shared/delivery/gate.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {gathering} from '../../shared/delivery/gates/gathering.ts';
import {rate, rateLimitOf} from '../../shared/delivery/gates/rate.ts';
import {type KnownReceivers, receiver} from '../../shared/delivery/gates/receiver.ts';
import {settingsKnown} from '../../shared/delivery/gates/settings-known.ts';
import {RateLimits} from '../receivers/rate-limits.ts';
import type {SlotTable} from '../receivers/slot-table.ts';
import type {Log} from '../runtime/log.ts';

export interface DeliverGateParts {
  readonly receivers: KnownReceivers;
  readonly slots: Pick<SlotTable, 'reserve'>;
  readonly log: Log;
}

export function deliverGates({receivers, slots, log}: DeliverGateParts): readonly Gate[] {
  const rateLimits = new RateLimits(slots, log, rateLimitOf);
  return [
    expiry,
    settingsKnown,
    receiver(receivers),
    gathering,
    rate((candidates, now) => rateLimits.waitsOf(candidates, now)),
  ];
}

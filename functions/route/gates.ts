// What new mail, and mail that has waited, has to pass before it goes into its queue, in order.

import type {Gate} from '../../shared/delivery/gate.ts';
import {admission, admissionLimitOf} from '../../shared/delivery/gates/admission.ts';
import {due} from '../../shared/delivery/gates/due.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {type KnownReceivers, unansweredReceiver} from '../../shared/delivery/gates/receiver.ts';
import {settingsKnown} from '../../shared/delivery/gates/settings-known.ts';
import {forcedBounce, forcedDeferral, inWindow, paused} from '../../shared/delivery/gates/steered.ts';
import {type LookUp, suppression} from '../../shared/delivery/gates/suppression.ts';
import {RateLimits} from '../receivers/rate-limits.ts';
import type {SlotTable} from '../receivers/slot-table.ts';
import type {Log} from '../runtime/log.ts';
import type {Crowd} from './crowd.ts';

export interface RouteGateParts {
  readonly receivers: KnownReceivers;
  readonly slots: Pick<SlotTable, 'reserve'>;
  readonly suppressed: LookUp;
  readonly crowd: Pick<Crowd, 'wanted' | 'entered' | 'isCrowding'>;
  readonly log: Log;
  readonly now: () => number;
}

export function routeGates({receivers, slots, suppressed, crowd, log, now}: RouteGateParts): readonly Gate[] {
  const limits = new RateLimits(slots, log, candidate =>
    admissionLimitOf(candidate, receivers.entryOf(candidate.destination.receiver), now()),
  );
  return [
    expiry,
    forcedBounce(),
    paused(),
    inWindow(),
    due,
    settingsKnown,
    suppression(suppressed),
    forcedDeferral(),
    unansweredReceiver(receivers),
    admission({
      entryOf: receiver => receivers.entryOf(receiver),
      treatmentOf: receiver => receivers.treatmentOf(receiver),
      crowd,
      waitsOf: (candidates, clock) => limits.waitsOf(candidates, clock),
    }),
  ];
}

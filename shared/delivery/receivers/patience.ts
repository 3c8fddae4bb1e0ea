// How long a receiver is waited for: the fast queue waits for all of them together, so it is impatient.

import type {Patience} from '../../smtp/patience.ts';
import type {Entry} from './entry.ts';
import type {DeliveryQueue} from './placement.ts';
import type {Treatment} from './treatment.ts';

const secondMs = 1000;

const impatient: Patience = {
  openingMs: 10 * secondMs,
  beforeTextMs: 30 * secondMs,
  afterTextMs: 120 * secondMs,
};
/** A connection that the smarthost has forgotten must not keep a lane from a new one for long. */
const brisk: Patience = {openingMs: 20 * secondMs};
const probing: Patience = {openingMs: 10 * secondMs};
const patient: Patience = {};
/** One in so many probes of the smarthost is patient, should it be slow to greet and not dead. */
const patientProbe = 4;

export function patienceOf(
  {staysFast}: Treatment,
  queue: DeliveryQueue,
  {down, slow, probe}: Partial<Entry> = {},
): Patience {
  if (!staysFast) return queue === 'fast' ? impatient : patient;
  if (slow) return patient;
  if (!down) return brisk;
  return (probe?.number ?? 0) % patientProbe === 2 ? patient : probing;
}

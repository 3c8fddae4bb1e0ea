// Every row: the replies to the probe, MAIL, RCPT and DATA, as far as they have come, and what is known of the server.

import {expect, test} from 'vitest';
import {probedOf} from '../../../shared/smtp/bdat-probe.ts';
import type {Tried} from '../../../shared/smtp/failure.ts';

const heard = (word: string): Tried | undefined => {
  if (word === '-') return undefined;
  if (word === 'lost') return {ok: false, failure: {stage: 'mailfrom', result: 'lost', description: 'lost'}};
  return {ok: true, reply: {code: Number(word), text: ''}};
};

test.each([
  // It knows BDAT, or does not.
  ['503 250 250 354', 'known'],
  ['500 250 250 354', 'unknown'],
  ['502 250 250 354', 'unknown'],
  // 354 is the reply to DATA alone, also where no recipient is left (RFC 2920 3.1).
  ['503 250 550 354', 'known'],
  // Nothing can be said yet.
  ['- - - -', undefined],
  ['503 - - -', undefined],
  ['503 250 - -', undefined],
  ['503 250 250 -', undefined],
  ['503 250 550 503', undefined],
  ['503 550 503 503', undefined],
  ['503 250 250 451', undefined],
  ['503 lost lost lost', undefined],
  // No reply to the probe: that to MAIL stands in its place.
  ['250 - - -', 'unclear'],
  ['250 250 354 -', 'unclear'],
  ['550 503 503 -', 'unclear'],
  ['503 503 503 -', 'unclear'],
  ['500 354 - -', 'unclear'],
  // Two replies to the probe: the second one stands in the place of that to MAIL.
  ['503 503 - -', 'unclear'],
  ['500 500 250 250', 'unclear'],
  ['502 501 250 -', 'unclear'],
  ['503 554 250 -', 'unclear'],
  ['503 250 250 250', 'unclear'],
  ['503 250 354 -', 'unclear'],
  // Anything else.
  ['501 250 250 354', 'unclear'],
  ['551 250 250 354', 'unclear'],
  ['354 250 250 354', 'unclear'],
  ['421 lost lost lost', 'unclear'],
  ['lost lost lost lost', 'unclear'],
])('%s: %s', (row, probed) => {
  expect(probedOf(row.split(' ').map(heard))).toBe(probed);
});

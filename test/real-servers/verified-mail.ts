// Mail that a server has delivered, and what the verifiers say of its signatures.

import {
  dkimpyIsMissing,
  dkimpyVerdicts,
  mailauthVerdicts,
  type Records,
  type Verdicts,
} from '../shared/dkim/verifiers.ts';

/** With CRLF at the line ends, as it was received. */
export const asReceived = (octets: Buffer) =>
  Buffer.from(octets.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');

const hasPassed = (verdicts: Verdicts) => verdicts.map(verdict => verdict === true);

export interface Delivered {
  readonly text: string;
  /** Of each verifier that is there, of each signature from the top down. */
  readonly passed: {readonly mailauth: readonly boolean[]; readonly dkimpy?: readonly boolean[]};
}

export async function verified(received: readonly Buffer[], records: Records): Promise<readonly Delivered[]> {
  const ofDkimpy = dkimpyIsMissing ? undefined : dkimpyVerdicts(received, records);
  return Promise.all(
    received.map(async (octets, index) => ({
      text: octets.toString(),
      passed: {
        mailauth: hasPassed(await mailauthVerdicts(octets, records)),
        ...(ofDkimpy && {dkimpy: hasPassed(ofDkimpy[index]!)}),
      },
    })),
  );
}

/** What `passed` is when all verifiers agree. */
export const passedAt = (passed: readonly boolean[], dkimpyToo = true) =>
  dkimpyIsMissing || !dkimpyToo ? {mailauth: passed} : {mailauth: passed, dkimpy: passed};

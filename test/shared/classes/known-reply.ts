// A reply of the real world, and the class that it should have.

import type {BounceClass} from '../../../shared/classes/bounce-class.ts';
import type {Stage} from '../../../shared/smtp/failure.ts';

/** What it answered is RCPT TO where nothing else is said. The class is that of the cause, which the source gives. */
export type KnownReply = readonly [
  code: number,
  status: string | undefined,
  text: string,
  expected: BounceClass,
  source: string,
  stage?: Stage,
];

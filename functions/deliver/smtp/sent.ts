// What became of one message on one connection, and what it is sent with.

import {type Failure, factFailure, type Tried} from '../../../shared/smtp/failure.ts';
import type {Spent} from '../../../shared/smtp/spent-connection.ts';
import type {Deadline} from './timeouts.ts';

/** `spent` is there where the connection is to blame as far as anybody knows: another one is to decide. */
export type Sent = Tried & {
  readonly spent?: Spent;
  /** The message is to be sent again, over the same connection if that can be. */
  readonly again?: true;
  /** Which message of the connection it was; 0 where it was not begun. */
  readonly number?: number;
  /** What ended the connection happened to a message before this one. */
  readonly isBehind?: boolean;
};

/** What a message is sent with beside its deadline. */
export interface SendOptions extends Deadline {
  /** How many messages of the connection may be without a reply to their text. */
  readonly most: number;
  /** Nearer servers are sent no flights, in milliseconds. */
  readonly leastRoundTripMs?: number;
}

/**
 * A flight of a batch saves nine round trips. It may cost 40 ms: a server that writes replies in pieces and has not
 * turned Nagle's algorithm off (Postfix) writes no further one until our system acknowledges the first, and that waits so
 * long for something to be sent with it. Where round trips are shorter there is nothing to win, and more to be in doubt.
 */
export const leastRoundTripMs = 5;

/** The connection has ended before its turn. */
export const notBegun: Sent = {
  ok: false,
  failure: {stage: 'mailfrom', result: 'lost', description: 'the connection was given up'},
  spent: 'gone',
  isBehind: true,
  number: 0,
};

export const outOfTime = factFailure('data', 'out-of-time', 'no time is left to wait for the reply');

/** @param text of the reply to the probe for BDAT */
export const unclearProbe = (text: string): Failure => ({
  stage: 'mailfrom',
  result: 'lost',
  description: `the reply to BDAT and the others cannot all be true: ${text}`,
});

/** RSET is no work for a server. Half of the time stays, so that another connection can be tried. */
export const hurried = (deadline: Deadline): Deadline => {
  const nowMs = deadline.now();
  return {...deadline, deadlineMs: nowMs + Math.min(10_000, (deadline.deadlineMs - nowMs) / 2)};
};

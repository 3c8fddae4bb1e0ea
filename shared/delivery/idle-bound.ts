// How many connections to a receiver may lie idle, in one environment and in all of them together.

import type {Capacity} from '../settings/groups/capacity.ts';
import {isSmarthost} from './destination.ts';

export interface IdleBound {
  /** How many an environment may keep that count nowhere. */
  readonly uncounted: number;
  /** How many there may be beside them, in all environments together. */
  readonly counted: number;
}

/** Batches have one to three lanes while there is little mail, and one when there is more. */
export const fewIdle = 3;
/** What connections of one batch leave idle is not yet closed when another environment has the next. */
const batches = 2;

/** @param capacity of the receiver; where it bounds idle connections, all of them count */
export function idleBoundOf(
  receiver: string,
  {connections, idleConnections}: Pick<Capacity, 'connections' | 'idleConnections'>,
): IdleBound {
  if (idleConnections !== undefined) return {uncounted: 0, counted: idleConnections};
  return {uncounted: fewIdle, counted: isSmarthost(receiver) ? batches * connections : 0};
}

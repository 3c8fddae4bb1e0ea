// Gates stand between a message and its next step: each may hold it, or end it. A batch goes through them in the order of
// their list; a gate is asked only of messages that those before it let pass.

import type {Message} from '../message/message.ts';
import type {Settings} from '../settings/settings.ts';
import type {Destination} from './destination.ts';
import type {DeliveryQueue} from './receivers/placement.ts';
import type {ResultEntry} from './result-entry.ts';

/** A message that wants to pass. */
export interface Candidate {
  readonly message: Message;
  readonly destination: Destination;
  /** The message group that it was received in; absent where it has not been in the delivery queue. */
  readonly lane?: string;
  /** The delivery queue that it was received from. */
  readonly deliveryQueue?: DeliveryQueue;
  /** How often it was received from there, this time included. */
  readonly receives?: number;
}

export type Stop =
  | {
      readonly kind: 'hold';
      /** When the message is to be looked at again. */
      readonly untilMs: number;
      /** In words, for the log: `settings are not known`; undefined where the message itself asked to wait. */
      readonly cause?: string;
      readonly facts?: Readonly<Record<string, unknown>>;
      /** Its slot from now on; null takes away the one that it had. */
      readonly slotMs?: number | null;
      /** It waits with the held mail, which is looked at then at the latest, or when what holds it changes. */
      readonly heldUntilMs?: number;
    }
  | {
      /** It stays where it is, out of sight, and its lane waits with it. */
      readonly kind: 'hide';
      readonly untilMs: number;
      readonly cause: string;
    }
  | {
      /** It belongs in the other delivery queue. */
      readonly kind: 'move';
      readonly queue: DeliveryQueue;
    }
  | {
      /** It is deferred as after an attempt that failed: for something of ours that is to be put right. */
      readonly kind: 'defer';
      readonly entry: Omit<ResultEntry, 'timeMs'> & {readonly description: string};
    }
  | {
      readonly kind: 'end';
      readonly fate: 'expired' | 'bounced';
      readonly entry: Omit<ResultEntry, 'timeMs'> & {readonly description: string};
    };

/** Whether a message may pass now; undefined when it may. */
export type Decide = (candidate: Candidate, nowMs: number) => Stop | undefined;

export interface Batch {
  readonly candidates: readonly Candidate[];
  readonly settings: Settings;
  readonly now: () => number;
}

/** Opened once a batch, with whatever must be fetched for all its messages together. */
export type Gate = (batch: Batch) => Decide | Promise<Decide>;

/** All gates as one: they are opened when a batch begins, and decide at each message's turn. */
export async function openGates(gates: readonly Gate[], {candidates, settings, now}: Batch): Promise<Decide> {
  const decides: Decide[] = [];
  const decideAll: Decide = (candidate, nowMs) => {
    for (const decide of decides) {
      const stop = decide(candidate, nowMs);
      if (stop !== undefined) return stop;
    }
    return undefined;
  };
  let passing = candidates;
  for (const gate of gates) {
    decides.push(await gate({candidates: passing, settings, now}));
    passing = passing.filter(candidate => decideAll(candidate, now()) === undefined);
  }
  return decideAll;
}

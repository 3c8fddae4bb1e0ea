// Whoever is told of outcomes: the log, the result queues, and others to come. A new one is one entry in a function's list.

import type {Outcome} from '../../shared/delivery/outcome.ts';
import type {Untaken} from '../runtime/sqs.ts';

export interface OutcomeListener {
  /** Told once, as soon as an outcome is known. It must not fail, and nobody waits for it. */
  readonly known?: (outcome: Outcome) => void;
  /**
   * Told when the message's next round, if it has one, is sure.
   * @returns the outcomes that could not be told: their messages are to be redelivered
   */
  readonly publish?: (outcomes: readonly Outcome[]) => Promise<Untaken<Outcome>>;
}

// Writes outcomes down: first the next round of messages that have one, then the listeners are told. Nothing else in the
// functions writes down what became of a message.

import {nextRoundOf} from '../../shared/delivery/next-round.ts';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {OutcomeListener} from './outcome-listener.ts';

export interface OutcomeWriterParts {
  readonly sqs: Sqs;
  readonly waitingUrl: string;
  /** In the order in which they are told. */
  readonly listeners: readonly OutcomeListener[];
}

export class OutcomeWriter {
  readonly #parts: OutcomeWriterParts;

  constructor(parts: OutcomeWriterParts) {
    this.#parts = parts;
  }

  /** To be called once for each outcome, as soon as it is known. */
  known(outcome: Outcome): void {
    for (const listener of this.#parts.listeners) listener.known?.(outcome);
  }

  /** @returns the indexes of outcomes that could not be written down, with the reason: their messages are to be redelivered */
  async write(outcomes: readonly Outcome[]): Promise<ReadonlyMap<number, string>> {
    const {sqs, waitingUrl, listeners} = this.#parts;
    const failures = new Map<number, string>();
    const rounds = [...outcomes.entries()].flatMap(([index, outcome]) => {
      const round = nextRoundOf(outcome);
      return round === undefined ? [] : [{index, round}];
    });
    // A result that promises another attempt must not be published without it.
    const unsent = await sqs.sendAll(
      waitingUrl,
      rounds.map(({round}) => round),
    );
    for (const [at, reason] of unsent) failures.set(rounds[at]!.index, reason);
    for (const listener of listeners) {
      const standing = [...outcomes.keys()].filter(index => !failures.has(index));
      const untold = await listener.publish?.(standing.map(index => outcomes[index]!));
      for (const [at, reason] of untold ?? []) failures.set(standing[at]!, reason);
    }
    return failures;
  }
}

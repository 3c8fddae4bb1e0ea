// Writes outcomes down: first the next round of messages that have one, then the listeners are told. Nothing else in the
// functions writes down what became of a message.

import {nextRoundOf, type OwnQueue} from '../../shared/delivery/next-round.ts';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import type {Sqs, Untaken} from '../runtime/sqs.ts';

/** Whoever is told of outcomes: the log, the result queues, and others to come. */
export interface OutcomeListener {
  /** Told once, as soon as an outcome is known. It must not fail, and nobody waits for it. */
  readonly known?: (outcome: Outcome) => void;
  /**
   * Told when the message's next round, if it has one, is sure.
   * @returns the outcomes that could not be told: their messages are to be redelivered
   */
  readonly publish?: (outcomes: readonly Outcome[]) => Promise<Untaken<Outcome>>;
}

interface OutcomeWriterParts {
  readonly sqs: Sqs;
  readonly urls: Readonly<Record<OwnQueue, string>>;
  /** In the order in which they are told. */
  readonly listeners: readonly OutcomeListener[];
  /** Whoever takes held mail out again: it has to know when. */
  readonly keeper: {
    /** There is mail to be looked at by these times. It does not fail. */
    expect(timesMs: readonly number[]): Promise<void>;
  };
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

  /** @returns the outcomes that could not be written down: their messages are to be redelivered */
  async write(outcomes: readonly Outcome[]): Promise<Untaken<Outcome>> {
    const {sqs, urls, listeners, keeper} = this.#parts;
    const failures = new Map<Outcome, string>();
    const held = outcomes.flatMap(outcome =>
      outcome.fate === 'held' ? (outcome.stop.heldUntilMs ?? []) : [],
    );
    if (held.length > 0) await keeper.expect(held);
    const rounds = outcomes.flatMap(outcome => {
      const round = nextRoundOf(outcome);
      return round === undefined ? [] : [{...round, outcome}];
    });
    // A result that promises another attempt must not be published without it.
    const sent = [...Map.groupBy(rounds, ({to}) => to)].map(([to, those]) => sqs.sendAll(urls[to], those));
    for (const untaken of await Promise.all(sent))
      for (const [{outcome}, reason] of untaken) failures.set(outcome, reason);
    for (const listener of listeners) {
      const untold = await listener.publish?.(outcomes.filter(outcome => !failures.has(outcome)));
      for (const [outcome, reason] of untold ?? []) failures.set(outcome, reason);
    }
    return failures;
  }
}

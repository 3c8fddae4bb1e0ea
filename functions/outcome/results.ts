// The results as a listener. Each is published to the queues that its message names, else to the stage's own.

import type {Outcome} from '../../shared/delivery/outcome.ts';
import {postponedBody, postponeSeconds, type ResultCopy} from '../../shared/delivery/postponed-result.ts';
import {isTold, kindsOf, resultOf, type Told} from '../../shared/delivery/result.ts';
import {type JsonObject, omit, parseJson} from '../../shared/json.ts';
import {isPassingQueue, type ResultKind} from '../../shared/names.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {OutcomeListener} from './outcome-listener.ts';

export interface ResultsParts {
  readonly sqs: Sqs;
  readonly stageUrls: Readonly<Record<ResultKind, string>>;
  readonly waitingUrl: string;
  readonly log: Log;
}

interface CopyOf extends ResultCopy {
  readonly index: number;
  readonly fate: Told['fate'];
}

export class Results implements OutcomeListener {
  readonly #parts: ResultsParts;

  constructor(parts: ResultsParts) {
    this.#parts = parts;
  }

  /**
   * Publishes the result of each outcome that has one. A copy that a queue does not take waits beside the mail that waits.
   * @returns the indexes of outcomes of which a copy could not even wait, with SQS's reason
   */
  async publish(outcomes: readonly Outcome[]): Promise<ReadonlyMap<number, string>> {
    const {sqs, waitingUrl, log} = this.#parts;
    const copies = [...outcomes.entries()].flatMap(([index, outcome]) => copiesOf(outcome, index));
    const untaken = await this.publishCopies(copies);
    for (const [index, error] of untaken) {
      log('error', 'a result could not be published; it waits', {kind: copies[index]!.kind, error});
    }
    const waiting = [...untaken.keys()].map(index => copies[index]!);
    const lost = await sqs.sendAll(
      waitingUrl,
      waiting.map(copy => ({body: postponedBody(copy), delaySeconds: postponeSeconds})),
    );
    const failures = new Map<number, string>();
    for (const [at, reason] of lost) {
      const copy = waiting[at]!;
      if (!this.#mayGoUntold(copy, reason)) failures.set(copy.index, reason);
    }
    return failures;
  }

  /** An accepted or deferred message must not be redelivered, even without its result: it would be sent twice. */
  #mayGoUntold({fate, body}: CopyOf, error: string): boolean {
    if (fate !== 'accepted' && fate !== 'deferred') return false;
    const lost = omit(parseJson(body) as JsonObject, ['mime']);
    this.#parts.log('error', 'a result could not be published', {fate, lost, error});
    return true;
  }

  /** @returns the indexes of those copies that a queue did not take, with SQS's reason */
  async publishCopies(copies: readonly ResultCopy[]): Promise<ReadonlyMap<number, string>> {
    const indexes = [...copies.keys()];
    const [untaken, failures] = await Promise.all([
      this.#toNamed(
        copies,
        indexes.filter(index => copies[index]!.name !== undefined),
      ),
      this.#toStage(
        copies,
        indexes.filter(index => copies[index]!.name === undefined),
      ),
    ]);
    return new Map([...failures, ...(await this.#toStage(copies, untaken))]);
  }

  async #toStage(
    copies: readonly ResultCopy[],
    indexes: readonly number[],
  ): Promise<ReadonlyMap<number, string>> {
    const {sqs, stageUrls} = this.#parts;
    const sends = [...Map.groupBy(indexes, index => copies[index]!.kind)].map(async ([kind, those]) => {
      const untaken = await sqs.sendAll(
        stageUrls[kind],
        those.map(index => copies[index]!),
      );
      return [...untaken].map(([at, reason]) => [those[at]!, reason] as const);
    });
    return new Map((await Promise.all(sends)).flat());
  }

  /**
   * Where a queue that a message names cannot be used, the stage's own gets the result.
   * @returns the indexes of what a queue did not take
   */
  async #toNamed(copies: readonly ResultCopy[], indexes: readonly number[]): Promise<readonly number[]> {
    const {sqs, log} = this.#parts;
    const sends = [...Map.groupBy(indexes, index => copies[index]!.name!)].map(async ([queue, those]) => {
      const untaken = await sqs
        .urlOf(queue)
        .then(url =>
          sqs.sendAll(
            url,
            those.map(index => copies[index]!),
          ),
        )
        .catch(error => new Map(those.map((_, at) => [at, errorText(error)])));
      for (const error of new Set(untaken.values())) {
        const message = 'a result queue that a message names cannot be used; its stage’s own gets the result';
        // Whoever waited there has stopped waiting.
        const isOver = isPassingQueue(queue) && /QueueDoesNotExist|NonExistentQueue/.test(error);
        log(isOver ? 'info' : 'error', message, {queue, error});
      }
      return [...untaken.keys()].map(at => those[at]!);
    });
    return (await Promise.all(sends)).flat();
  }
}

function copiesOf(outcome: Outcome, index: number): readonly CopyOf[] {
  if (!isTold(outcome)) return [];
  const {fate, queues} = outcome;
  const kinds = kindsOf(fate).filter(kind => queues[kind] !== null);
  if (kinds.length === 0) return [];
  const body = resultOf(outcome);
  return kinds.map(kind => ({index, fate, kind, body, name: queues[kind] ?? undefined}));
}

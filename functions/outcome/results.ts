// Publishing results: to the queues that the message names, else to the stage's own.

import {postponedBody, postponeSeconds, type ResultCopy} from '../../shared/delivery/postponed-result.ts';
import {type Fate, kindsOf} from '../../shared/delivery/result.ts';
import type {ResultQueues} from '../../shared/message/message.ts';
import {isPassingQueue, type ResultKind} from '../../shared/names.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {Sqs} from '../runtime/sqs.ts';

export interface Result {
  readonly fate: Fate;
  readonly body: string;
  /** The message's own names for the queues. */
  readonly queues: ResultQueues;
}

export interface ResultsParts {
  readonly sqs: Sqs;
  readonly stageUrls: Readonly<Record<ResultKind, string>>;
  readonly waitingUrl: string;
  readonly log: Log;
}

export class Results {
  readonly #parts: ResultsParts;

  constructor(parts: ResultsParts) {
    this.#parts = parts;
  }

  /**
   * Publishes each result to the queues of its fate; a copy that a queue does not take waits beside the mail that does.
   * @returns the indexes of those results of which a copy could not even be put there, with SQS's reason
   */
  async publishAll(all: readonly Result[]): Promise<ReadonlyMap<number, string>> {
    const {sqs, waitingUrl, log} = this.#parts;
    const copies = all.flatMap(({fate, body, queues: names}, index) =>
      kindsOf(fate)
        .filter(kind => names[kind] !== null)
        .map(kind => ({index, kind, body, name: names[kind] ?? undefined})),
    );
    const untaken = await this.publish(copies);
    for (const [index, error] of untaken) {
      log('error', 'a result could not be published; it waits', {
        kind: copies[index]!.kind,
        error,
      });
    }
    const waiting = [...untaken.keys()].map(index => copies[index]!);
    const lost = await sqs.sendAll(
      waitingUrl,
      waiting.map(copy => ({body: postponedBody(copy), delaySeconds: postponeSeconds})),
    );
    return new Map([...lost].map(([index, reason]) => [waiting[index]!.index, reason]));
  }

  /** @returns the indexes of those copies that a queue did not take, with SQS's reason */
  async publish(copies: readonly ResultCopy[]): Promise<ReadonlyMap<number, string>> {
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
   * A queue that a message names and that cannot be used must not cost the result: the stage's own gets it.
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
        // Whoever was waiting there has stopped.
        const isOver = isPassingQueue(queue) && /QueueDoesNotExist|NonExistentQueue/.test(error);
        log(isOver ? 'info' : 'error', message, {queue, error});
      }
      return [...untaken.keys()].map(at => those[at]!);
    });
    return (await Promise.all(sends)).flat();
  }
}

// Publishing results: to the queues that the message names, else to the stage's own.

import type {Queues as QueueNames} from '../shared/message.ts';
import type {ResultKind} from '../shared/names.ts';
import {type Fate, kindsOf} from '../shared/result.ts';
import {errorText, type Log} from './log.ts';
import type {Queues} from './queues.ts';

export interface Result {
  readonly fate: Fate;
  readonly body: string;
  /** The message's own names for the queues. */
  readonly queues: QueueNames;
}

/** A result on its way to one queue. */
interface Copy {
  readonly index: number;
  readonly kind: ResultKind;
  readonly body: string;
  readonly name: string | undefined;
}

export class Results {
  readonly #queues: Queues;
  readonly #stageUrls: Readonly<Record<ResultKind, string>>;
  readonly #log: Log;

  constructor(queues: Queues, stageUrls: Readonly<Record<ResultKind, string>>, log: Log) {
    this.#queues = queues;
    this.#stageUrls = stageUrls;
    this.#log = log;
  }

  /** @returns the indexes of those results that a queue did not take, with its reason */
  async publishAll(all: readonly Result[]): Promise<ReadonlyMap<number, string>> {
    const copies = all.flatMap(({fate, body, queues}, index) =>
      kindsOf(fate)
        .filter(kind => queues[kind] !== null)
        .map(kind => ({index, kind, body, name: queues[kind] ?? undefined})),
    );
    const [named, own] = [
      copies.filter(({name}) => name !== undefined),
      copies.filter(({name}) => name === undefined),
    ];
    const [untaken, failures] = await Promise.all([this.#toNamed(named), this.#toStage(own)]);
    return new Map([...failures, ...(await this.#toStage(untaken))]);
  }

  async #toStage(copies: readonly Copy[]): Promise<ReadonlyMap<number, string>> {
    const failures = new Map<number, string>();
    const sends = [...Map.groupBy(copies, ({kind}) => kind)].map(async ([kind, those]) => {
      const untaken = await this.#queues.sendAll(this.#stageUrls[kind], those);
      for (const [index, reason] of untaken) failures.set(those[index]!.index, reason);
    });
    await Promise.all(sends);
    return failures;
  }

  /** A queue that a message names and that cannot be used must not cost the result: the stage's own gets it. */
  async #toNamed(copies: readonly Copy[]): Promise<readonly Copy[]> {
    const sends = [...Map.groupBy(copies, ({name}) => name!)].map(async ([queue, those]) => {
      const untaken = await this.#queues
        .urlOf(queue)
        .then(url => this.#queues.sendAll(url, those))
        .catch(error => new Map(those.map((_, index) => [index, errorText(error)])));
      for (const error of new Set(untaken.values())) {
        const message = 'a result queue that a message names cannot be used; its stage’s own gets the result';
        this.#log('error', message, {queue, error});
      }
      return [...untaken.keys()].map(index => those[index]!);
    });
    return (await Promise.all(sends)).flat();
  }
}

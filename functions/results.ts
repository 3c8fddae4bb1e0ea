// Publishing results: to the queues that the message names, else to the stage's own.

import type {Queues as QueueNames} from '../shared/message.ts';
import type {ResultKind} from '../shared/names.ts';
import {type Fate, kindsOf} from '../shared/result.ts';
import {errorText, type Log} from './log.ts';
import type {Queues} from './queues.ts';

export class Results {
  readonly #queues: Queues;
  readonly #stageUrls: Readonly<Record<ResultKind, string>>;
  readonly #log: Log;

  constructor(queues: Queues, stageUrls: Readonly<Record<ResultKind, string>>, log: Log) {
    this.#queues = queues;
    this.#stageUrls = stageUrls;
    this.#log = log;
  }

  /** @throws when one of the queues did not take the result */
  async publish(fate: Fate, body: string, names: QueueNames = {}): Promise<void> {
    const kinds = kindsOf(fate).filter(kind => names[kind] !== null);
    await Promise.all(kinds.map(kind => this.#publishTo(kind, names[kind] ?? undefined, body)));
  }

  /** A queue that a message names and that cannot be used must not cost the result: the stage's own gets it. */
  async #publishTo(kind: ResultKind, name: string | undefined, body: string): Promise<void> {
    if (name !== undefined) {
      try {
        return await this.#queues.send(await this.#queues.urlOf(name), {body});
      } catch (error) {
        this.#log(
          'error',
          'a result queue that a message names cannot be used; its stage’s own gets the result',
          {
            kind,
            queue: name,
            error: errorText(error),
          },
        );
      }
    }
    await this.#queues.send(this.#stageUrls[kind], {body});
  }
}

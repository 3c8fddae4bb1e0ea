// The results as a listener. Each is published to the queues that its message names, else to the stage's own.

import type {Invalid, Outcome, Told} from '../../shared/delivery/outcome.ts';
import {postponedBody, postponeSeconds, type ResultCopy} from '../../shared/delivery/postponed-result.ts';
import {isPublished, kindsOf, resultOf} from '../../shared/delivery/result.ts';
import {type JsonObject, omit, parseJson} from '../../shared/json.ts';
import {isPassingQueue, type ResultKind} from '../../shared/names.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {Sqs, Untaken} from '../runtime/sqs.ts';
import {extractedOf} from './extracted.ts';
import type {OutcomeListener} from './outcome-writer.ts';

export interface ResultsParts {
  readonly sqs: Sqs;
  readonly stageUrls: Readonly<Record<ResultKind, string>>;
  readonly waitingUrl: string;
  readonly log: Log;
}

interface CopyOf extends ResultCopy {
  readonly outcome: Told | Invalid;
}

export class Results implements OutcomeListener {
  readonly #parts: ResultsParts;

  constructor(parts: ResultsParts) {
    this.#parts = parts;
  }

  /**
   * Publishes the result of each outcome that has one. A copy that a queue does not take waits beside the mail that waits.
   * @returns the outcomes of which a copy could not even wait
   */
  async publish(outcomes: readonly Outcome[]): Promise<Untaken<Outcome>> {
    const {sqs, waitingUrl, log} = this.#parts;
    const untaken = await this.publishCopies(outcomes.filter(isPublished).flatMap(copiesOf));
    const waiting = [...untaken].map(([copy, error]) => {
      log('error', 'a result could not be published; it waits', {kind: copy.kind, error});
      return {copy, body: postponedBody(copy), delaySeconds: postponeSeconds};
    });
    const lost = await sqs.sendAll(waitingUrl, waiting);
    return new Map(
      [...lost]
        .filter(([{copy}, error]) => !this.#mayGoUntold(copy, error))
        .map(([{copy}, error]) => [copy.outcome, error]),
    );
  }

  /** An accepted or deferred message must not be redelivered, even without its result: it would be sent twice. */
  #mayGoUntold({outcome: {fate}, body}: CopyOf, error: string): boolean {
    if (fate !== 'accepted' && fate !== 'deferred') return false;
    const lost = omit(parseJson(body) as JsonObject, ['mime']);
    this.#parts.log('error', 'a result could not be published', {fate, lost, error});
    return true;
  }

  /** @returns the copies that no queue took */
  async publishCopies<C extends ResultCopy>(copies: readonly C[]): Promise<Untaken<C>> {
    const [refused, untaken] = await Promise.all([
      this.#toNamed(copies.filter(({name}) => name !== undefined)),
      this.#toStage(copies.filter(({name}) => name === undefined)),
    ]);
    return new Map([...untaken, ...(await this.#toStage(refused))]);
  }

  async #toStage<C extends ResultCopy>(copies: readonly C[]): Promise<Untaken<C>> {
    const {sqs, stageUrls} = this.#parts;
    const byKind = [...Map.groupBy(copies, ({kind}) => kind)];
    const untaken = await Promise.all(byKind.map(([kind, those]) => sqs.sendAll(stageUrls[kind], those)));
    return new Map(untaken.flatMap(each => [...each]));
  }

  /**
   * Where a queue that a message names cannot be used, the stage's own gets the result.
   * @returns the copies that these queues did not take
   */
  async #toNamed<C extends ResultCopy>(copies: readonly C[]): Promise<readonly C[]> {
    const {sqs, log} = this.#parts;
    const byName = [...Map.groupBy(copies, ({name}) => name!)];
    const refused = byName.map(async ([queue, those]) => {
      const untaken = await sqs
        .urlOf(queue)
        .then(url => sqs.sendAll(url, those))
        .catch(error => new Map(those.map(copy => [copy, errorText(error)])));
      for (const error of new Set(untaken.values())) {
        const message = 'a result queue that a message names cannot be used; its stage’s own gets the result';
        // Whoever waited there has stopped waiting.
        const isOver = isPassingQueue(queue) && /QueueDoesNotExist|NonExistentQueue/.test(error);
        log(isOver ? 'info' : 'error', message, {queue, error});
      }
      return [...untaken.keys()];
    });
    return (await Promise.all(refused)).flat();
  }
}

function copiesOf(outcome: Told | Invalid): readonly CopyOf[] {
  const {fate, queues} = outcome;
  const kinds = kindsOf(fate).filter(kind => queues[kind] !== null);
  const body = kinds.length > 0 ? resultOf(outcome, extractedOf(outcome)) : '';
  return kinds.map(kind => ({outcome, kind, body, name: queues[kind] ?? undefined}));
}

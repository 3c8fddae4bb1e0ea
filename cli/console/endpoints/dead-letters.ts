// Dead letters: a look at them, at one of them, and what is done with those that a person has chosen.

import {randomBytes} from 'node:crypto';
import {resolve} from 'node:path';
import {UsageError} from '../../command/problems.ts';
import {dropOne, documentOf as droppedDocument, intoFile, keptFileOf} from '../../dead-letters/drop.ts';
import {chosenQueues, queueNames} from '../../dead-letters/letter-queues.ts';
import {documentOf as listDocument, samplesOf} from '../../dead-letters/list.ts';
import {withLetter} from '../../dead-letters/one-letter.ts';
import {
  type Move,
  documentOf as movesDocument,
  movesOf,
  redrivenQueues,
  redriveOne,
} from '../../dead-letters/redrive.ts';
import {documentOf as letterDocument} from '../../dead-letters/show.ts';
import {problemReply} from '../console-problem.ts';
import type {Route, Visit} from '../visit.ts';

const mostListed = 100;
const usuallyListed = 50;
const mostChosen = 100;
/** SQS looks through a queue message by message. */
const withinMs = 120_000;
/** A move of a large queue goes on without the page. */
const watchMs = 20_000;
const source = 'SQS: a sample of each queue';

export const deadLetters: Route = {
  method: 'GET',
  path: /^\/api\/dead-letters$/,
  withinMs,
  answer: ({context, query, state}) =>
    state.letterTurns.next(async () => {
      const queues = chosenQueues(context.stage, queueIn(query.get('queue')));
      return {...listDocument(await samplesOf(context, queues, limitIn(query))), source};
    }),
};

export const deadLetter: Route = {
  method: 'GET',
  path: /^\/api\/dead-letters\/([\w.:-]{1,100})$/,
  withinMs,
  answer: ({context, params: [id = ''], query, state}) =>
    state.letterTurns.next(async () => {
      const queues = chosenQueues(context.stage, queueIn(query.get('queue')));
      return {...letterDocument(await withLetter(context, queues, id, async found => found)), source: 'SQS'};
    }),
};

export const redriveLetters: Route = {
  method: 'POST',
  path: /^\/api\/dead-letters\/redrive$/,
  withinMs,
  answer: ({context, body, state}) =>
    state.letterTurns.next(async () => {
      const queues = redrivenQueues(context.stage, queueIn(body.queue));
      if (body.all === true) {
        const moves: Move[] = [];
        for await (const move of movesOf(context, queues, {watchMs})) moves.push(move);
        return movesDocument(moves);
      }
      const redriven: object[] = [];
      const failed = await oneByOne(idsIn(body), async id => {
        redriven.push(await redriveOne(context, queues, id));
      });
      return {redriven, failed};
    }),
};

export const dropLetters: Route = {
  method: 'POST',
  path: /^\/api\/dead-letters\/drop$/,
  withinMs,
  answer: ({context, body, state}) =>
    state.letterTurns.next(async () => {
      const ids = idsIn(body);
      const queues = chosenQueues(context.stage, queueIn(body.queue));
      // Two drops in one second are two files.
      const path = resolve(keptFileOf(context, `-${randomBytes(3).toString('hex')}`));
      let failed: readonly object[] = [];
      const kept = await intoFile(context, path, async file => {
        failed = await oneByOne(ids, id => dropOne(context, queues, {id, kept: file}));
      });
      return {...droppedDocument(kept), failed};
    }),
};

/** @returns those that failed; what fails for the first one is thrown */
async function oneByOne(
  ids: readonly string[],
  act: (id: string) => Promise<void>,
): Promise<readonly object[]> {
  const failed: object[] = [];
  for (const [index, id] of ids.entries()) {
    try {
      await act(id);
    } catch (error) {
      if (index === 0) throw error;
      const {error: told} = JSON.parse(String(problemReply(error).body));
      failed.push({id, ...told});
    }
  }
  return failed;
}

/** @throws UsageError */
function idsIn({ids}: Visit['body']): readonly string[] {
  const isId = (id: unknown): id is string => typeof id === 'string' && /^[\w.:-]{1,100}$/.test(id);
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > mostChosen || !ids.every(isId))
    throw new UsageError(`ids: a list of 1 to ${mostChosen} IDs is wanted`);
  return [...new Set(ids as string[])];
}

/** @throws UsageError */
function queueIn(given: unknown): string | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const queue = queueNames.find(each => each === given);
  if (queue !== undefined) return queue;
  throw new UsageError(`queue: one of ${queueNames.join(', ')} is wanted`);
}

function limitIn(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? usuallyListed);
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostListed) return limit;
  throw new UsageError(`limit: a number from 1 to ${mostListed} is wanted`);
}

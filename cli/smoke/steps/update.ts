// Step: the stage is deployed again, with another option, while mail goes through it.

import {setTimeout as delay} from 'node:timers/promises';
import {enqueueOne} from '../../../submission/enqueue.ts';
import {type Belief, quote} from '../belief.ts';
import {smokeContext} from '../deployment.ts';
import type {Step} from '../step.ts';
import type {Trial} from '../trial.ts';

const through: Belief = {
  id: 'update/through',
  says: 'While the stage is deployed again no message is lost, and none ends twice.',
  quotes: [
    quote(
      'operate.md',
      'Mail that the version before has queued is delivered, and batches that are under way end with the old code.',
    ),
  ],
};

/** A message a second is enough to have one under way at each moment. */
const everyMs = 1000;

export const update: Step = {
  name: 'update',
  about: 'deploys the stage again while mail flows; this takes some minutes',
  beliefs: [through],
  async run(trial, notes) {
    const deployed = new AbortController();
    const flow = sendUntil(trial, deployed.signal);
    try {
      await trial.options.deployment.deploy({...smokeContext, deliverConcurrency: '3'});
    } finally {
      deployed.abort();
    }
    const sent = await flow;
    const after = trial.mails(5);
    await trial.send(after);
    const marks = [...sent, ...after.map(({mark}) => mark)];
    const {lost, twice} = await trial.settled(marks);
    notes.found(
      through,
      lost === 0 && twice === 0,
      `of ${marks.length} messages ${lost} lost, ${twice} twice`,
    );
  },
};

/** @returns the marks of those that SQS has taken for sure */
async function sendUntil(trial: Trial, done: AbortSignal): Promise<readonly string[]> {
  const {clients, signal} = trial.context;
  const url = await trial.urlOf(trial.names.outbox);
  const sent: string[] = [];
  do {
    const {mark, body} = trial.mail();
    try {
      await enqueueOne(clients.sqs, url, {source: mark, body}, AbortSignal.any([done, signal]));
      sent.push(mark);
    } catch {
      // Whether that one was taken is not known: it is left out.
    }
    await delay(everyMs, undefined, {signal: done}).catch(() => {});
  } while (!done.aborted && !signal.aborted);
  return sent;
}

// Step: ten of the largest messages at once: more than a function may be given.

import {paginateFilterLogEvents} from '@aws-sdk/client-cloudwatch-logs';
import {isJsonObject, type JsonObject} from '../../../shared/json.ts';
import {logGroupOf} from '../../../shared/names.ts';
import {enqueueOne} from '../../../submission/enqueue.ts';
import {type Belief, quote} from '../belief.ts';
import type {Step} from '../step.ts';
import type {Trial} from '../trial.ts';

const largest: Belief = {
  id: 'large/largest',
  says: 'SQS and Lambda take messages of nearly 1 MiB: 1,032,192 octets of JSON.',
  quotes: [quote('limits.md', '| a message on the outbox | 1,032,192 octets of JSON, nested 100 deep |')],
};
const split: Belief = {
  id: 'large/split',
  says: 'Lambda splits ten messages of 1 MB into batches of at most 6 MB, and drops none.',
};
const logged: Belief = {
  id: 'large/logged',
  says: 'A line that a function writes can be read in CloudWatch Logs within two minutes.',
};

/** What is promised. */
const octets = 1_032_192;
/** Five of them, with what Lambda adds to each, are less than 6 MB; six are not. */
const mostInBatch = 5;

export const large: Step = {
  name: 'large',
  about: 'sends ten messages of nearly 1 MiB, each in a request of its own',
  beliefs: [largest, split, logged],
  async run(trial, notes) {
    const {clients, signal} = trial.context;
    // Lines of the mail before this are there by then.
    await trial.pass(30_000);
    const before = await batchesOf(trial, 0);
    // By the clock of AWS: that of this machine may be wrong.
    const sinceMs = Math.max(0, ...before.map(({timeMs}) => timeMs + 1));
    const mails = Array.from({length: 10}, () => filled(trial.mail()));
    const url = await trial.urlOf(trial.names.outbox);
    await Promise.all(
      mails.map(({mark, body}) => enqueueOne(clients.sqs, url, {source: mark, body}, signal)),
    );
    const marks = mails.map(({mark}) => mark);
    const {lost, twice} = await trial.settled(marks);
    const right = marks.filter(mark => trial.results.of(mark)[0]?.fate === trial.fate).length;
    const fates = [...new Set(marks.map(mark => String(trial.results.of(mark)[0]?.fate)))];
    notes.found(
      largest,
      right === 10,
      `${right} of 10 ended as they should; fates: ${fates.join(', ') || 'none'}`,
    );
    const batches = await trial.until(
      async () => {
        const found = (await batchesOf(trial, sinceMs)).map(({routed}) => routed);
        return found.reduce((sum, count) => sum + count, 0) >= 10 ? found : undefined;
      },
      {withinMs: 120_000},
    );
    notes.found(logged, batches !== undefined, batches === undefined ? 'they cannot' : 'they can');
    if (batches === undefined) return notes.untried(split, 'the log does not tell the batches');
    notes.found(
      split,
      lost === 0 && twice === 0 && Math.max(...batches) <= mostInBatch,
      `batches of ${batches.join(', ')}; ${lost} lost, ${twice} twice`,
    );
  },
};

function filled({mark, body}: {readonly mark: string; readonly body: string}) {
  const message = JSON.parse(body) as {mime: string};
  const line = `${'x'.repeat(76)}\r\n`;
  const room = octets - Buffer.byteLength(body);
  // A CR and a LF take two octets each in JSON.
  const mime = message.mime + line.repeat(Math.floor(room / 80)) + 'x'.repeat(room % 80);
  return {mark, body: JSON.stringify({...message, mime})};
}

interface Batch {
  readonly timeMs: number;
  readonly routed: number;
}

/** How many messages each batch of route put into their queues. */
async function batchesOf({context, names}: Trial, startTime: number): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  const query = {
    logGroupName: logGroupOf(names.route),
    startTime,
    filterPattern: '{ $.message = "batch" }',
  };
  for await (const {events = []} of paginateFilterLogEvents({client: context.clients.logs}, query))
    for (const {message = '', timestamp = 0} of events) {
      const {routed} = lineOf(message);
      if (isJsonObject(routed)) batches.push({timeMs: timestamp, routed: sumOf(routed)});
    }
  return batches;
}

function lineOf(text: string): JsonObject {
  const line: unknown = JSON.parse(text);
  return isJsonObject(line) && isJsonObject(line.receivers) ? line.receivers : {};
}

const sumOf = (counts: JsonObject): number =>
  Object.values(counts).reduce<number>((sum, count) => sum + Number(count), 0);

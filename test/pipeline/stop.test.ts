// A stop in the middle of mail, and the next start: what is under way ends, and what is left is there again at once.

import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type Sink, startSink} from '../../local/sink/sink.ts';
import type {ReplyHook} from '../../local/sink/sink-reply.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

let dataDirectory: string;
const cleanUps: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'relayq-stop-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await rm(dataDirectory, {recursive: true});
});

/** The pipeline on the test's data, and a sink of its own that keeps nothing. */
async function start(reply: ReplyHook, graceMs: number) {
  const sink = await startSink({port: 0, reply});
  const settings = {...sinkParameters(sink), 'capacity/default': '{"connections": 4}'};
  const pipeline = await Pipeline.start(settings, {dataDirectory, graceMs});
  cleanUps.push(
    () => pipeline.stop(),
    () => sink.close(),
  );
  return {pipeline, sink};
}

const recipientsOf = (sink: Sink) => sink.messages.flatMap(({to}) => to);
const recipients = Array.from({length: 40}, (_, n) => `to${n}@example.org`);
const messages = recipients.map(recipient => ({recipient, mime: 'Subject: x\r\n\r\nx\r\n'}));
const slowly: ReplyHook = stage => (stage === 'data' ? {delayMs: 200} : undefined);
const atOnce: ReplyHook = () => undefined;

const cutOffIn = ({cloud}: Pipeline) => cloud.eventSourceMappings.reduce((sum, {cutOff}) => sum + cutOff, 0);

describe('a stop', () => {
  it('ends what is under way and begins nothing more: no mail arrives twice, and none stays hidden', async () => {
    const first = await start(slowly, 300_000);
    await first.pipeline.send(...messages);
    await first.pipeline.until(() => first.sink.messages.length >= 3);
    await first.pipeline.stop();
    expect(cutOffIn(first.pipeline)).toBe(0);
    const arrived = recipientsOf(first.sink);
    // It does not even finish the batches in hand.
    expect(arrived.length).toBeLessThan(recipients.length);

    const second = await start(atOnce, 1000);
    await second.pipeline.until(() => arrived.length + second.sink.messages.length >= recipients.length);
    await second.pipeline.idle();
    expect([...arrived, ...recipientsOf(second.sink)].toSorted()).toEqual(recipients.toSorted());
  });

  it('waits no longer than its limit, and what it cuts off is there at the next start', async () => {
    let texts = 0;
    const never: ReplyHook = stage => {
      if (stage !== 'data') return undefined;
      texts += 1;
      return {delayMs: 600_000};
    };
    const first = await start(never, 500);
    await first.pipeline.send(...messages.slice(0, 5));
    await first.pipeline.until(() => {
      const {inFlight, visible} = first.pipeline.cloud.sqs.queue(names.delivery).counts;
      return texts > 0 && inFlight + visible === 5;
    });
    await first.pipeline.stop();
    expect(cutOffIn(first.pipeline)).toBeGreaterThan(0);
    const second = await start(atOnce, 1000);
    await second.pipeline.until(() => second.sink.messages.length === 5);
    expect(recipientsOf(second.sink).toSorted()).toEqual(recipients.slice(0, 5).toSorted());
  });
});

import {afterEach, describe, expect, it} from 'vitest';
import {AwsError} from '../../local/aws-error.ts';
import {enqueue, type Outgoing} from '../../submission/enqueue.ts';
import {type Entry, type ScriptedQueue, startScriptedQueue, taken} from './scripted-queue.ts';

let queue: ScriptedQueue | undefined;
afterEach(() => queue?.close());

const startQueue = async (...given: Parameters<typeof startScriptedQueue>) => {
  queue = await startScriptedQueue(...given);
  return queue;
};

const messages = (count: number): Outgoing[] =>
  Array.from({length: count}, (_, index) => ({source: `m${index}`, body: `${index}`.padEnd(10, '.')}));

describe('enqueueing', () => {
  it('has at most four requests in flight', async () => {
    let inFlight = 0;
    let most = 0;
    const {client, queueUrl} = await startQueue(async entries => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      // The first ones until the others have come.
      do await new Promise(resolve => setTimeout(resolve, 10));
      while (most < 4);
      inFlight -= 1;
      return {Successful: entries.map(taken), Failed: []};
    });
    const progress: number[] = [];
    const onProgress = (sent: number) => progress.push(sent);
    expect(await enqueue(client, queueUrl, messages(200), {onProgress})).toEqual([]);
    expect(most).toBe(4);
    expect(progress).toEqual(Array.from({length: 20}, (_, index) => (index + 1) * 10));
  });

  it('tries again what failed by SQS’s fault, and that alone', async () => {
    const asked: string[][] = [];
    const {client, queueUrl} = await startQueue(entries => {
      asked.push(entries.map(({MessageBody}) => MessageBody));
      const failure = ({Id, MessageBody}: Entry) =>
        MessageBody.startsWith('0')
          ? [{Id, SenderFault: true, Code: 'InvalidMessageContents', Message: 'no'}]
          : MessageBody.startsWith('1') && asked.length === 1
            ? [{Id, SenderFault: false, Code: 'InternalError'}]
            : [];
      const Failed = entries.flatMap(failure);
      const ids = new Set(Failed.map(({Id}) => Id));
      return {Successful: entries.filter(({Id}) => !ids.has(Id)).map(taken), Failed};
    });
    const [first, second, third] = messages(3) as [Outgoing, Outgoing, Outgoing];
    const failures = await enqueue(client, queueUrl, [first, second, third]);
    expect(asked).toEqual([[first.body, second.body, third.body], [second.body]]);
    expect(failures).toEqual([{outgoing: first, problem: 'InvalidMessageContents: no'}]);
  });

  it('ends with the first request that fails as a whole', async () => {
    let requests = 0;
    const {client, queueUrl} = await startQueue(() => {
      requests += 1;
      throw new AwsError('AccessDenied', 'you may not');
    });
    await expect(enqueue(client, queueUrl, messages(1000))).rejects.toThrow('you may not');
    expect(requests).toBeLessThanOrEqual(8);
  });

  it('ends when it is told to', async () => {
    const interruption = new AbortController();
    const {client, queueUrl} = await startQueue((_entries, {signal}) => {
      interruption.abort();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const sending = enqueue(client, queueUrl, messages(1000), {signal: interruption.signal});
    await expect(sending).rejects.toMatchObject({name: 'AbortError'});
  });
});

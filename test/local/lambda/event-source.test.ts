import type {SQSRecord} from 'aws-lambda';
import {describe, test} from 'vitest';
import type {Resources} from '../../../local/template/resources.ts';
import {CloudsUnderTest} from '../cloud-under-test.ts';
import {Gate} from '../gate.ts';

/** Each test has clouds of its own, as most of the time the tests wait. */
const it = test
  .extend('gateOf', ({task: _}, {onCleanup}) => {
    const gates: Gate[] = [];
    onCleanup(() => {
      for (const gate of gates) gate.close();
    });
    return async (count: number, dwellMs: number) => {
      const gate = await Gate.opensAt(count, dwellMs);
      gates.push(gate);
      return gate;
    };
  })
  .extend('clouds', async ({task: _}, {onCleanup}) => {
    const clouds = new CloudsUnderTest();
    onCleanup(async () => {
      const problems = [...clouds.problems];
      await clouds.stop();
      if (problems.length > 0) throw new AggregateError(problems, 'the cloud had problems');
    });
    return clouds;
  });

/** Each invocation writes what it received when it begins and when it ends. */
const recorder = ({returns = '({batchItemFailures: []})', between = ''} = {}) => `
  const write = record => process.stdout.write(JSON.stringify(record) + '\\n');
  export const handler = async ({Records: records}, {awsRequestId: id}) => {
    write({id, at: Date.now(), begin: true, records});
    ${between};
    write({id, at: Date.now(), begin: false, records: []});
    return (${returns});
  };`;

interface Entry {
  readonly id: string;
  readonly at: number;
  readonly begin: boolean;
  readonly records: readonly SQSRecord[];
}

const bodiesOf = (entries: readonly Entry[]) =>
  entries.flatMap(({records}) => records.map(record => record.body));

/** The highest number of invocations that ran at the same time. */
const overlapOf = (entries: readonly Entry[]) => {
  let running = 0;
  return Math.max(
    ...[...entries]
      .sort((a, b) => a.at - b.at || Number(a.begin) - Number(b.begin))
      .map(entry => {
        running += entry.begin ? 1 : -1;
        return running;
      }),
  );
};

const oneAtATime = ({eventSourceMappings}: Resources) => {
  for (const mapping of eventSourceMappings) mapping.batchSize = 1;
};
const timed =
  (seconds: number) =>
  ({functions, queues}: Resources) => {
    for (const each of functions) each.timeoutS = seconds;
    for (const queue of queues)
      if (queue.attributes.VisibilityTimeout) queue.attributes.VisibilityTimeout = String(seconds);
  };
/** As short as possible, but no message comes again while it is being handled. */
const quick = timed(4);
/** Longer than anything here takes, so that no message comes a second time. */
const patient = timed(300);

describe.concurrent('messages on a standard queue', () => {
  it('invoke the function with an event as Lambda builds it, and are deleted when it succeeds', async ({
    clouds,
    expect,
  }) => {
    const {cloud, client, send, records, countOf} = await clouds.start(recorder());
    await send('tested-work', 'hello');
    await expect.poll(() => countOf('tested-work')).toBe(0);
    const [entry] = records<Entry>();
    expect(entry?.records).toEqual([
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptHandle: expect.any(String),
        body: 'hello',
        attributes: expect.objectContaining({
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        }),
        messageAttributes: {},
        md5OfBody: '5d41402abc4b2a76b9719d911017c592',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:tested-work',
        awsRegion: 'us-east-1',
      },
    ]);
    expect(client).toBeDefined();
    expect(cloud.functions.get('tested-function')?.environments.size).toBe(1);
  });

  it('that are reported as failed come again after their visibility timeout, and become dead letters in the end', async ({
    clouds,
    expect,
  }) => {
    const {send, records, countOf} = await clouds.start(
      recorder({
        returns: `{batchItemFailures: records.filter(r => r.body === 'bad').map(r => ({itemIdentifier: r.messageId}))}`,
      }),
      {overrides: quick},
    );
    await send('tested-work', 'bad');
    await send('tested-work', 'good');
    await expect.poll(() => countOf('tested-dead')).toBe(1);
    expect(await countOf('tested-work')).toBe(0);
    const entries = records<Entry>();
    expect(bodiesOf(entries).filter(body => body === 'good')).toHaveLength(1);
    const counts = entries
      .flatMap(entry => entry.records)
      .filter(record => record.body === 'bad')
      .map(record => record.attributes.ApproximateReceiveCount);
    expect(counts).toEqual(['1', '2', '3']);
    const ofBad = entries.filter(entry => bodiesOf([entry]).includes('bad'));
    // The time began when the message was received, not when its function began.
    const {ApproximateFirstReceiveTimestamp: received} = ofBad[0]!.records[0]!.attributes;
    expect(ofBad[1]!.at).toBeGreaterThanOrEqual(Number(received) + 4000);
  });

  it.for([
    ['throws', `throw new Error('no')`],
    ['times out', 'await new Promise(done => setTimeout(done, 10_000))'],
    ['crashes', 'process.exit(1)'],
  ] as const)('come again when the function %s', async ([, code], {clouds, expect}) => {
    const {send, records, countOf} = await clouds.start(
      `export const handler = async ({Records: [{attributes, body}]}) => {
        process.stdout.write(JSON.stringify({count: attributes.ApproximateReceiveCount, body}) + '\\n');
        if (attributes.ApproximateReceiveCount === '1') { ${code}; }
      };`,
      {overrides: quick},
    );
    await send('tested-work', 'hello');
    await expect.poll(records).toEqual([
      {count: '1', body: 'hello'},
      {count: '2', body: 'hello'},
    ]);
    await expect.poll(() => countOf('tested-work')).toBe(0);
  });

  it('that the function has deleted itself cause no problem', async ({clouds, expect}) => {
    const {send, records, countOf} = await clouds.start(`
      export const handler = async ({Records: records}) => {
        for (const {receiptHandle} of records) {
          const answer = await fetch(process.env.AWS_ENDPOINT_URL, {
            method: 'POST',
            headers: {'x-amz-target': 'AmazonSQS.DeleteMessage', 'content-type': 'application/x-amz-json-1.0'},
            body: JSON.stringify({QueueUrl: process.env.WORK_URL, ReceiptHandle: receiptHandle}),
          });
          process.stdout.write(JSON.stringify({status: answer.status}) + '\\n');
        }
      };`);
    await send('tested-work', 'hello');
    await expect.poll(records).toEqual([{status: 200}]);
    await expect.poll(() => countOf('tested-work')).toBe(0);
  });

  it('never run in more invocations than the maximum concurrency', async ({clouds, gateOf, expect}) => {
    const gate = await gateOf(2, 150);
    const {send, records} = await clouds.start(recorder({between: gate.wait}), {
      overrides: resources => {
        oneAtATime(resources);
        patient(resources);
        resources.eventSourceMappings[0]!.maximumConcurrency = 2;
      },
    });
    await Promise.all(Array.from({length: 8}, (_, n) => send('tested-work', `m${n}`)));
    await expect.poll(() => records<Entry>().length).toBe(16);
    expect(gate.most).toBe(2);
    expect(overlapOf(records<Entry>())).toBe(2);
  });

  it('get more pollers than the first five when there is a backlog', async ({clouds, gateOf, expect}) => {
    const gate = await gateOf(6, 150);
    const {cloud, send, records} = await clouds.start(recorder({between: gate.wait}), {
      overrides: resources => {
        oneAtATime(resources);
        patient(resources);
        resources.eventSourceMappings[0]!.maximumConcurrency = 7;
      },
    });
    await Promise.all(Array.from({length: 7}, (_, n) => send('tested-work', `m${n}`)));
    await expect.poll(() => records<Entry>().length).toBe(14);
    expect(gate.most).toBeGreaterThan(5);
    expect(overlapOf(records<Entry>())).toBeLessThanOrEqual(7);
    expect(cloud.eventSourceMappings[0]?.concurrency).toBeLessThanOrEqual(7);
  });

  it('keep their receive counts low while the function does not load', async ({clouds, expect}) => {
    const {cloud, send} = await clouds.start('throw new Error("broken bundle");', {
      overrides: resources => {
        oneAtATime(resources);
        resources.eventSourceMappings[0]!.maximumConcurrency = 2;
      },
    });
    await Promise.all(Array.from({length: 20}, (_, n) => send('tested-work', `m${n}`)));
    const failures = () =>
      cloud.logs
        .get('tested-function')
        ?.events.filter(({message}) => message.includes('platform.initReport')) ?? [];
    await expect.poll(() => failures().length).toBeGreaterThanOrEqual(4);
    const before = failures().length;
    await new Promise(done => setTimeout(done, 1000));
    // Two pollers that pause longer and longer, with two inits each time. Without pauses there would be dozens.
    expect(failures().length - before).toBeLessThanOrEqual(8);
  });
});

describe.concurrent('messages on a FIFO queue', () => {
  it('come in order within their group; a group is in one invocation at a time, and groups run side by side', async ({
    clouds,
    gateOf,
    expect,
  }) => {
    const gate = await gateOf(2, 100);
    const {send, records, countOf} = await clouds.start(recorder({between: gate.wait}), {
      overrides: resources => {
        oneAtATime(resources);
        patient(resources);
      },
    });
    for (let n = 0; n < 4; n++) {
      for (const group of ['a', 'b', 'c']) await send('tested-ordered.fifo', `${group}${n}`, group);
    }
    await expect.poll(() => countOf('tested-ordered.fifo')).toBe(0);
    const entries = records<Entry>();
    for (const group of ['a', 'b', 'c']) {
      const begun = entries.filter(({records: [record]}) => record?.attributes.MessageGroupId === group);
      expect(bodiesOf(begun)).toEqual([0, 1, 2, 3].map(n => `${group}${n}`));
      const ids = begun.map(({id}) => id);
      expect(overlapOf(entries.filter(({id}) => ids.includes(id)))).toBe(1);
    }
    expect(overlapOf(entries)).toBeGreaterThan(1);
  });

  it('wait for a message before them in their group that was reported as failed', async ({
    clouds,
    expect,
  }) => {
    const {send, records, countOf} = await clouds.start(
      recorder({
        returns: `{batchItemFailures: records
          .filter(r => r.body !== 'other' && records[0].attributes.ApproximateReceiveCount === '1')
          .map(r => ({itemIdentifier: r.messageId}))}`,
      }),
      {overrides: quick},
    );
    await send('tested-ordered.fifo', 'first', 'g');
    await expect.poll(() => records<Entry>().length).toBeGreaterThan(0);
    await send('tested-ordered.fifo', 'second', 'g');
    await send('tested-ordered.fifo', 'other', 'h');
    await expect.poll(() => countOf('tested-ordered.fifo')).toBe(0);
    const ofGroup = records<Entry>()
      .flatMap(entry => entry.records)
      .filter(record => record.attributes.MessageGroupId === 'g');
    expect(ofGroup.map(record => record.body).slice(0, 3)).toEqual(['first', 'first', 'second']);
  });
});

describe.concurrent('two event sources of one function', () => {
  it('keep to the maximum concurrency of each', async ({clouds, gateOf, expect}) => {
    const gates = {work: await gateOf(2, 150), ordered: await gateOf(3, 150)};
    const choice = `if (records[0].eventSourceARN.endsWith('.fifo')) ${gates.ordered.wait}; else ${gates.work.wait}`;
    const {send, records} = await clouds.start(recorder({between: choice}), {
      overrides: resources => {
        oneAtATime(resources);
        patient(resources);
        for (const mapping of resources.eventSourceMappings)
          mapping.maximumConcurrency = mapping.queueName === 'tested-work' ? 2 : 3;
      },
    });
    const numbers = Array.from({length: 9}, (_, n) => `m${n}`);
    await Promise.all(
      numbers.flatMap(body => [send('tested-work', body), send('tested-ordered.fifo', body, body)]),
    );
    await expect.poll(() => records<Entry>().length).toBe(36);
    expect([gates.work.most, gates.ordered.most]).toEqual([2, 3]);
  });
});

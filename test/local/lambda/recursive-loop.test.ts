// A message that goes round between a queue and a function. The SDK passes the trace on, and Lambda counts.

import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {SendMessageCommand} from '@aws-sdk/client-sqs';
import {build} from 'esbuild';
import {afterAll, beforeAll, describe, expect, it, type TestContext} from 'vitest';
import {invocationsOf, traceHeaderOf} from '../../../local/lambda/trace-header.ts';
import type {Resources} from '../../../local/template/resources.ts';
import {names, Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {startScriptedServer} from '../../servers/scripted-server.ts';
import {CloudsUnderTest} from '../cloud-under-test.ts';

const clouds = new CloudsUnderTest();
afterAll(() => clouds.stop());

/** Puts each message back where it came from, with the real SDK, until it has been round 40 times. */
const goingRound = `
  import {SendMessageCommand, SQSClient} from '@aws-sdk/client-sqs';
  const client = new SQSClient({});
  export const handler = async ({Records: records}) => {
    for (const {body, attributes} of records) {
      const round = Number(body) + 1;
      const {AWSTraceHeader: came} = attributes;
      process.stdout.write(JSON.stringify({round, came, trace: process.env._X_AMZN_TRACE_ID}) + '\\n');
      const again = new SendMessageCommand({QueueUrl: process.env.WORK_URL, MessageBody: String(round)});
      if (round < 40) await client.send(again);
    }
  };`;
interface Round {
  readonly round: number;
  readonly came?: string;
  readonly trace: string;
}

let bundle = '';
beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'relayq-test-'));
  const entry = join(directory, 'handler.mjs');
  await writeFile(entry, goingRound);
  const {outputFiles} = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    nodePaths: [join(import.meta.dirname, '../../../node_modules')],
  });
  bundle = outputFiles[0]!.text;
  await rm(directory, {recursive: true});
});

/** A message comes again while the others go on, and becomes a dead letter after one more receive. */
const quick = ({queues, functions}: Resources) => {
  for (const each of functions) each.timeoutS = 8;
  for (const queue of queues) {
    if (queue.attributes.VisibilityTimeout) queue.attributes.VisibilityTimeout = '8';
    const policy = queue.attributes.RedrivePolicy;
    if (policy) queue.attributes.RedrivePolicy = JSON.stringify({...JSON.parse(policy), maxReceiveCount: 1});
  }
};

describe.concurrent('a message that goes round', () => {
  it('is stopped after sixteen invocations, and ends as a dead letter', async ({expect}) => {
    const problems: unknown[] = [];
    const {send, records, countOf} = await clouds.start(bundle, {
      onProblem: (_, problem) => problems.push(problem),
      overrides: resources => {
        quick(resources);
        for (const each of resources.functions) each.recursiveLoop = 'Terminate';
      },
    });
    await send('tested-work', '0');
    await expect.poll(() => countOf('tested-dead')).toBe(1);
    expect(await countOf('tested-work')).toBe(0);
    const rounds = records<Round>();
    expect(rounds.map(({round}) => round)).toEqual(Array.from({length: 16}, (_, n) => n + 1));
    expect(problems.map(String)).toEqual([
      expect.stringMatching(
        /^RecursiveInvocationException: Lambda has detected .*: tested-function was invoked 16 times/,
      ),
    ]);
    // The SDK has passed on one trace from beginning to end.
    expect(rounds[0]!.came).toBeUndefined();
    expect(rounds.slice(1).map(({came}) => came)).toEqual(rounds.slice(0, -1).map(({trace}) => trace));
    expect(
      new Set(
        rounds.map(
          ({trace}) =>
            /^Root=(1-[0-9a-f]{8}-[0-9a-f]{24});Parent=[0-9a-f]{16};Sampled=0;Lineage=/.exec(trace)?.[1],
        ),
      ).size,
    ).toBe(1);
  });

  it('goes on when the function allows it', async ({expect}) => {
    const {send, records, countOf} = await clouds.start(bundle, {overrides: quick});
    await send('tested-work', '0');
    await expect.poll(() => records<Round>().length).toBe(40);
    expect(await countOf('tested-dead')).toBe(0);
  });
});

describe.concurrent('the pipeline', () => {
  /** A message whose chain has invoked both functions fifteen times already; its recipient defers it. */
  async function startLate(
    {onTestFinished, expect}: TestContext,
    overrides: (resources: Resources) => void,
  ): Promise<{readonly pipeline: Pipeline; readonly problems: readonly string[]}> {
    const problems: string[] = [];
    const server = await startScriptedServer({RCPT: () => '451 4.7.1 later'});
    const settings = {'smtp-sink-ip': '127.0.0.1', 'smtp-sink-port': String(server.port)};
    const pipeline = await Pipeline.start(settings, {
      overrides,
      onProblem: (where, problem) => problems.push(`${where}: ${problem}`),
    });
    onTestFinished(async () => {
      await pipeline.stop();
      await server.close();
    });
    const arns = pipeline.cloud.resources.functions.map(({arn}) => arn);
    const header = Array.from({length: 15}).reduce<string>(
      trace => arns.reduce((before, arn) => traceHeaderOf(arn, [before]), trace),
      '',
    );
    expect(arns.map(arn => invocationsOf(arn, [header]))).toEqual([15, 15, 15]);
    const body = {recipient: 'to@example.org', mime: 'Subject: x\r\n\r\nx', retries: [1], maxattempts: 3};
    await pipeline.sqs.send(
      new SendMessageCommand({
        QueueUrl: pipeline.cloud.queueUrlOf(names.outbox),
        MessageBody: JSON.stringify(body),
        MessageSystemAttributes: {AWSTraceHeader: {DataType: 'String', StringValue: header}},
      }),
    );
    return {pipeline, problems};
  }

  it('tries a message again for as long as its own limits say', async context => {
    const {expect} = context;
    const {pipeline, problems} = await startLate(context, () => {});
    const fates = (await pipeline.take(names.results.results, 3)).map(({fate}) => fate);
    expect(fates).toEqual(['deferred', 'deferred', 'expired']);
    expect(problems).toEqual([]);
  });

  it('would be stopped before that by the default of Lambda', async context => {
    const {expect} = context;
    const {pipeline, problems} = await startLate(context, ({functions, queues}) => {
      for (const each of functions) Object.assign(each, {recursiveLoop: 'Terminate', timeoutS: 8});
      const waitingSoon = queues.find(({name}) => name === names.waitingSoon)!;
      Object.assign(waitingSoon.attributes, {
        VisibilityTimeout: '8',
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${names.waitingDlq}`,
          maxReceiveCount: 1,
        }),
      });
    });
    await pipeline.until(() => pipeline.cloud.sqs.queue(names.waitingDlq).counts.visible === 1);
    expect(problems).toEqual([
      expect.stringMatching(
        /^the event source of relayq-local-route: RecursiveInvocationException: .* relayq-local-route was invoked 16 times/,
      ),
    ]);
    expect((await pipeline.take(names.results.results, 1)).map(({fate}) => fate)).toEqual(['deferred']);
  });
});

describe('a trace header', () => {
  const [one, two] = [
    'arn:aws:lambda:us-east-1:000000000000:function:one',
    'arn:aws:lambda:x:0:function:two',
  ];

  it('counts each function separately, with the highest count of several messages', () => {
    const first = traceHeaderOf(one!, []);
    const second = traceHeaderOf(two!, [first]);
    const third = traceHeaderOf(one!, [traceHeaderOf(two!, []), second, 'Root=1-0-0', '']);
    expect([one, two].map(arn => invocationsOf(arn!, [third]))).toEqual([2, 1]);
  });

  it('of another origin is read, too', () => {
    expect(
      invocationsOf(one!, ['', 'nonsense', 'Lineage=', 'Root=1-5759e988-bd862e3fe1be46a994272793']),
    ).toBe(0);
    const began = traceHeaderOf(one!, ['Self=1-2-3; Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1']);
    expect(began).toMatch(/^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=/);
  });
});

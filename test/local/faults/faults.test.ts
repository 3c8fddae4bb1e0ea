// Faults on purpose: what the functions, and others, then see of SQS, SSM and the sink.

import {GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand} from '@aws-sdk/client-sqs';
import {GetParameterCommand, SSMClient} from '@aws-sdk/client-ssm';
import {afterEach, describe, expect, it} from 'vitest';
import {parseFaults} from '../../../local/faults/fault.ts';
import {Trigger} from '../../../local/faults/trigger.ts';
import {startSink} from '../../../local/sink/sink.ts';
import {SmtpClient} from '../../servers/smtp-client.ts';
import {CloudsUnderTest, type CloudUnderTest} from '../cloud-under-test.ts';
import {functionName} from '../template/template-under-test.ts';

const clouds = new CloudsUnderTest();
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await clouds.stop();
});

/** Makes the calls that it is told to, as the SDK would; tells what came of each. */
const caller = `
  const call = async ({target, input}) => {
    const {AWS_ACCESS_KEY_ID: key, AWS_SESSION_TOKEN: token, AWS_ENDPOINT_URL: url} = process.env;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': target,
          'x-amz-security-token': token,
          authorization: 'AWS4-HMAC-SHA256 Credential=' + key + '/20250101/us-east-1/sqs/aws4_request',
        },
        body: JSON.stringify(input),
      });
      const query = response.headers.get('x-amzn-query-error');
      return {status: response.status, ...(query && {query}), ...await response.json()};
    } catch (error) {
      return {lost: error.cause?.code ?? String(error)};
    }
  };
  export const handler = async ({calls}) => {
    const answers = [];
    for (const each of calls) answers.push(await call(each));
    return answers;
  };`;

interface Call {
  readonly target: string;
  readonly input: Record<string, unknown>;
}

interface CallingCloud extends CloudUnderTest {
  call(...calls: readonly Call[]): Promise<readonly Record<string, unknown>[]>;
  sendTo(queue: string, body?: string): Call;
  batchOf(queue: string, count: number): Call;
  bodiesIn(queue: string): Promise<readonly string[]>;
}

async function start(options: Parameters<typeof clouds.start>[1] = {}): Promise<CallingCloud> {
  const started = await clouds.start(caller, {
    ...options,
    overrides: ({eventSourceMappings}) => {
      for (const mapping of eventSourceMappings) mapping.enabled = false;
    },
  });
  const {cloud, client} = started;
  const urlOf = (queue: string) => cloud.queueUrlOf(queue);
  return {
    ...started,
    async call(...calls) {
      const invocation = await cloud.functions.get(functionName)!.invoke(JSON.stringify({calls}));
      return invocation.ok ? JSON.parse(invocation.payload) : [{crashed: invocation.error.errorType}];
    },
    sendTo: (queue, body = 'hello') => ({
      target: 'AmazonSQS.SendMessage',
      input: {QueueUrl: urlOf(queue), MessageBody: body},
    }),
    batchOf: (queue, count) => ({
      target: 'AmazonSQS.SendMessageBatch',
      input: {
        QueueUrl: urlOf(queue),
        Entries: Array.from({length: count}, (_, n) => ({Id: `e${n}`, MessageBody: `body ${n}`})),
      },
    }),
    async bodiesIn(queue) {
      const {Messages = []} = await client.send(
        new ReceiveMessageCommand({QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 0}),
      );
      return Messages.map(({Body}) => Body!);
    },
  };
}

const getParameter: Call = {target: 'AmazonSSM.GetParameter', input: {Name: '/app/name'}};

describe('a call', () => {
  it.each([
    [
      'fail',
      {status: 500, __type: 'com.amazon.coral.service#InternalFailure', query: 'InternalFailure;Receiver'},
    ],
    [
      'unavailable',
      {
        status: 503,
        __type: 'com.amazon.coral.service#ServiceUnavailableException',
        query: 'ServiceUnavailable;Receiver',
      },
    ],
    [
      'throttle',
      {status: 403, __type: 'com.amazonaws.sqs#RequestThrottled', query: 'RequestThrottled;Sender'},
    ],
    [
      'refuse',
      {status: 403, __type: 'com.amazon.coral.service#AccessDeniedException', query: 'AccessDenied;Sender'},
    ],
  ] as const)('of SQS that is to %s has no effect and gets the error of AWS', async (fault, error) => {
    const {cloud, call, sendTo, bodiesIn} = await start();
    cloud.faults.add({service: 'sqs', fault});
    expect(await call(sendTo('tested-work'), getParameter)).toMatchObject([
      error,
      {__type: 'ParameterNotFound'},
    ]);
    expect(await bodiesIn('tested-work')).toEqual([]);
  });

  it.each([
    ['fail', {status: 500, __type: 'InternalServerError'}],
    ['unavailable', {status: 503, __type: 'ServiceUnavailable'}],
    ['throttle', {status: 400, __type: 'ThrottlingException', message: 'Rate exceeded'}],
    ['refuse', {status: 400, __type: 'AccessDeniedException'}],
  ] as const)('of SSM that is to %s gets the error of AWS', async (fault, error) => {
    const {cloud, call, sendTo} = await start();
    cloud.faults.add({service: 'ssm', fault});
    expect(await call(getParameter, sendTo('tested-work'))).toMatchObject([error, {status: 200}]);
  });

  it('that is to drop is done, and its connection closes without an answer', async () => {
    const {cloud, call, sendTo, bodiesIn} = await start();
    cloud.faults.add({operation: 'SendMessage', fault: 'drop', count: 1});
    const [dropped, next] = await call(sendTo('tested-work', 'done'), sendTo('tested-work', 'next'));
    expect(dropped).toEqual({lost: 'UND_ERR_SOCKET'});
    expect(next).toMatchObject({status: 200});
    expect(await bodiesIn('tested-work')).toEqual(expect.arrayContaining(['done', 'next']));
  });

  it('that hangs goes on when its fault is removed', async () => {
    const {cloud, call, sendTo, bodiesIn} = await start();
    const hang = cloud.faults.add({operation: 'SendMessage', fault: 'hang'});
    const answers = call(sendTo('tested-work'));
    await hang.whenFired();
    expect(await bodiesIn('tested-work')).toEqual([]);
    hang.remove();
    expect(await answers).toMatchObject([{status: 200}]);
    expect(await bodiesIn('tested-work')).toEqual(['hello']);
    expect(cloud.faults.active).toEqual([]);
  });

  it('that hangs is never made when its client goes away', async () => {
    const {cloud, client, bodiesIn} = await start();
    const hang = cloud.faults.add({operation: 'SendMessage', from: 'all', fault: 'hang'});
    const leaving = new AbortController();
    const send = new SendMessageCommand({QueueUrl: cloud.queueUrlOf('tested-work'), MessageBody: 'never'});
    const sent = client.send(send, {abortSignal: leaving.signal});
    await hang.whenFired();
    leaving.abort();
    await expect(sent).rejects.toThrow('aborted');
    // By the time of another request the endpoint has seen it leave.
    await bodiesIn('tested-work');
    cloud.faults.clear();
    expect(await bodiesIn('tested-work')).toEqual([]);
  });

  it('is delayed by each of its delays, and what else there is strikes afterwards', async () => {
    const {cloud, call} = await start();
    for (const ms of [60, 60]) cloud.faults.add({fault: 'delay', ms});
    cloud.faults.add({fault: 'throttle'});
    await call();
    const beganMs = performance.now();
    expect(await call(getParameter)).toMatchObject([{__type: 'ThrottlingException'}]);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(119);
  });

  it('of a batch fails in part: what failed was not done, and the rest was', async () => {
    const {cloud, call, sendTo, batchOf, bodiesIn} = await start();
    cloud.faults.add({fault: 'partial', share: 0.3, seed: 1});
    const [batch, single] = await call(batchOf('tested-work', 10), sendTo('tested-dead'));
    const failed = batch!.Failed as {Id: string}[];
    const successful = batch!.Successful as {Id: string}[];
    expect(failed).toHaveLength(3);
    expect(failed[0]).toMatchObject({SenderFault: false, Code: 'InternalError'});
    expect(new Set([...failed, ...successful].map(({Id}) => Id)).size).toBe(10);
    const done = successful.map(({Id}) => Id.replace('e', 'body '));
    expect((await bodiesIn('tested-work')).toSorted()).toEqual(done.toSorted());
    expect(single).toMatchObject({status: 200});
  });

  it('of a batch can fail with all its entries', async () => {
    const {cloud, call, batchOf, bodiesIn} = await start();
    cloud.faults.add({fault: 'partial', share: 1});
    const [batch] = await call(batchOf('tested-work', 2));
    expect(batch).toMatchObject({status: 200, Failed: [{}, {}]});
    expect(batch).not.toHaveProperty('Successful');
    expect(await bodiesIn('tested-work')).toEqual([]);
  });
});

describe('a fault concerns', () => {
  it('the calls of the functions alone, unless it is widened', async () => {
    const {cloud, client, call, sendTo} = await start();
    const ssm = new SSMClient({
      endpoint: cloud.url,
      region: 'us-east-1',
      credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
    });
    cleanUps.push(() => ssm.destroy());
    cloud.ssm.put('/app/name', 'value');
    const own = () => client.send(new GetQueueUrlCommand({QueueName: 'tested-work'}));
    cloud.faults.add({fault: 'refuse'});
    expect(await call(sendTo('tested-work'))).toMatchObject([{status: 403}]);
    await own();
    cloud.faults.clear();
    cloud.faults.add({fault: 'refuse', service: 'sqs', from: 'all'});
    await expect(own()).rejects.toMatchObject({name: 'AccessDenied', $metadata: {httpStatusCode: 403}});
    await ssm.send(new GetParameterCommand({Name: '/app/name'}));
  });

  it('the operations, queues and functions that its patterns fit', async () => {
    const {cloud, call, sendTo, batchOf} = await start();
    const struck = async () =>
      (await call(sendTo('tested-work'), sendTo('tested-dead'), batchOf('tested-dead', 1))).map(
        ({status}) => status !== 200,
      );
    const cases = [
      [{operation: 'Send*'}, [true, true, true]],
      [{operation: 'SendMessage'}, [true, true, false]],
      [{operation: '*Batch'}, [false, false, true]],
      [{operation: 'sendmessage'}, [false, false, false]],
      [{queue: '*-work'}, [true, false, false]],
      [{queue: 'tested-dead'}, [false, true, true]],
      [{queue: 'tested.dead'}, [false, false, false]],
      [{function: 'tested-*'}, [true, true, true]],
      [{service: 'ssm'}, [false, false, false]],
      [{containing: 'body 0'}, [false, false, true]],
      [{containing: 'hell'}, [true, true, false]],
    ] as const;
    for (const [filter, expected] of cases) {
      const fault = cloud.faults.add({fault: 'throttle', ...filter});
      expect([filter, await struck()]).toEqual([filter, expected]);
      fault.remove();
    }
    expect(() => cloud.faults.add({fault: 'throttle', function: 'another'})).toThrow(
      `function: none of ${functionName}`,
    );
  });

  it('the next so many calls, or a share of them that its seed decides', async () => {
    const {cloud, call} = await start();
    const statuses = async (count: number) =>
      (await call(...Array(count).fill(getParameter))).map(({__type}) => __type === 'ThrottlingException');
    const counted = cloud.faults.add({fault: 'throttle', count: 2});
    expect(await statuses(4)).toEqual([true, true, false, false]);
    expect(counted.fired).toBe(2);
    counted.remove();
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const fault = cloud.faults.add({fault: 'throttle', rate: 0.5, seed: 7});
      runs.push(await statuses(10));
      fault.remove();
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(new Set(runs[0])).toEqual(new Set([true, false]));
  });
});

describe('a trigger', () => {
  it('fires as often as its rate says, and the same again with the same seed', () => {
    const firings = (seed: number) => {
      const trigger = new Trigger({rate: 0.3, seed});
      return Array.from({length: 10_000}, () => trigger.fires());
    };
    const fired = firings(42);
    expect(fired.filter(Boolean).length / 10_000).toBeCloseTo(0.3, 1);
    expect(firings(42)).toEqual(fired);
    expect(firings(43)).not.toEqual(fired);
  });
});

describe('an execution environment', () => {
  it.each([
    ['before', []],
    ['after', ['hello']],
  ] as const)('is killed %s its call takes effect', async (kill, bodies) => {
    const {cloud, call, sendTo, bodiesIn} = await start();
    cloud.faults.add({kill, function: functionName, operation: 'SendMessage', count: 1});
    expect(await call(getParameter, sendTo('tested-work'))).toEqual([{crashed: 'Runtime.ExitError'}]);
    expect(await bodiesIn('tested-work')).toEqual(bodies);
    // The next one has another environment.
    expect(await call(sendTo('tested-work'))).toMatchObject([{status: 200}]);
  });

  it('is the one that calls, and no other of its function', async () => {
    const {cloud, call, sendTo} = await start();
    const hang = cloud.faults.add({fault: 'hang', operation: 'GetParameter'});
    const other = call(getParameter);
    await hang.whenFired();
    cloud.faults.add({kill: 'before', operation: 'SendMessage'});
    expect(await call(sendTo('tested-work'))).toEqual([{crashed: 'Runtime.ExitError'}]);
    hang.remove();
    expect(await other).toMatchObject([{__type: 'ParameterNotFound'}]);
  });

  it('is killed at once when that is asked for', async () => {
    const {cloud, call} = await start();
    const hang = cloud.faults.add({fault: 'hang'});
    const answers = call(getParameter);
    await hang.whenFired();
    expect(cloud.faults.add({kill: 'now', function: functionName}).fired).toBe(1);
    expect(await answers).toEqual([{crashed: 'Runtime.ExitError'}]);
    expect(cloud.faults.active.map(({fault}) => fault)).toEqual([{fault: 'hang'}]);
  });

  it('is killed time and again at random', async () => {
    const {cloud, call} = await start();
    const random = cloud.faults.add({kill: 'random', everyMs: 20, count: 3});
    const answers = [];
    while (random.fired < 3) answers.push((await call(getParameter))[0]);
    // Not every kill meets an invocation, but those that it does fail.
    expect(random.fired).toBe(3);
    answers.push((await call(getParameter))[0], (await call(getParameter))[0]);
    expect(answers.at(-1)).toMatchObject({__type: 'ParameterNotFound'});
  });
});

describe('at the endpoint', () => {
  const ask = async ({cloud: {url}}: CloudUnderTest, method: string, body?: string) => {
    const headers = {'content-type': 'application/x-www-form-urlencoded'};
    const response = await fetch(`${url}/_relayq/faults`, {method, headers, ...(body && {body})});
    return [response.status, await response.json()];
  };

  it('faults are put, added, shown and removed, as curl does it', async () => {
    const under = await start();
    const {call} = under;
    expect(await ask(under, 'GET')).toEqual([200, []]);
    const throttle = {service: 'ssm', operation: 'Get*', fault: 'throttle', seed: 5};
    expect(await ask(under, 'PUT', JSON.stringify([{fault: 'hang'}]))).toMatchObject([
      200,
      [{fault: 'hang'}],
    ]);
    expect(await ask(under, 'PUT', JSON.stringify([throttle]))).toEqual([200, [{...throttle, fired: 0}]]);
    expect(await call(getParameter)).toMatchObject([{__type: 'ThrottlingException'}]);
    expect(await ask(under, 'POST', JSON.stringify({fault: 'delay', ms: 1}))).toMatchObject([
      200,
      [
        {fault: 'throttle', fired: 1},
        {fault: 'delay', fired: 0},
      ],
    ]);
    expect(await ask(under, 'DELETE')).toEqual([200, []]);
    expect(await call(getParameter)).toMatchObject([{__type: 'ParameterNotFound'}]);
  });

  it('what is wrong is all said, and then nothing of it is in force', async () => {
    const under = await start();
    const faults = [
      {fault: 'delay', ms: 1},
      {fault: 'throttle', rate: 2, count: 0, quue: 'x'},
      {fault: 'delay'},
      {fault: 'explode'},
      {},
      {fault: 'fail', kill: 'now'},
      {service: 'ssm', queue: 'x', fault: 'fail'},
      {kill: 'before', from: 'all'},
      {kill: 'random'},
      {kill: 'now', count: 1},
      {smtp: {delayMs: -1}},
      'fail',
    ];
    expect(await ask(under, 'PUT', JSON.stringify(faults))).toEqual([
      400,
      {
        problems: [
          '[1].rate: must be between 0 and 1',
          '[1].count: must be 1 or more',
          '[1].quue: is not known here',
          '[2].ms: is missing',
          '[3].fault: must be one of: fail, unavailable, throttle, refuse, hang, drop, delay, partial',
          '[4]: must have one of: fault, kill, smtp',
          '[5]: must have one of: fault, kill, smtp',
          '[6]: queue: ssm has none',
          '[7]: from: all is more than the calls of a function',
          '[8].everyMs: is missing',
          '[9].count: is not known here',
          '[10].smtp.delayMs: must not be negative',
          '[11]: must be an object',
        ],
      },
    ]);
    expect(await ask(under, 'PUT', '[{fault}]')).toMatchObject([400, {problems: [/^not JSON: /]}]);
    expect(await ask(under, 'PUT', '{"fault": "fail", "function": "x"}')).toEqual([
      400,
      {problems: [`function: none of ${functionName}`]},
    ]);
    expect(await ask(under, 'PUT', '{"smtp": {"delayMs": 1}}')).toEqual([
      400,
      {problems: ['smtp: this cloud has no sink of its own']},
    ]);
    expect(await ask(under, 'PATCH', '[]')).toMatchObject([405, {}]);
    expect(await ask(under, 'GET')).toEqual([200, []]);
  });

  it('every fault that can be written is read as it was written', () => {
    const faults = [
      {fault: 'partial', share: 0.2, operation: 'SendMessageBatch', queue: 'q', function: 'f', rate: 0.5},
      {fault: 'drop', from: 'all', count: 3, seed: -1},
      {kill: 'after', operation: 'DeleteMessage', service: 'sqs', containing: 'x'},
      {kill: 'random', everyMs: 100, function: 'f*', count: 2, seed: 3},
      {smtp: {delayMs: 10}},
      {smtp: {stage: 'auth', code: 535, text: 'no'}, count: 1},
      {smtp: {stage: 'data', close: true}, rate: 0.1},
      {smtp: {octetsPerSecond: 1}},
    ];
    expect(parseFaults(faults)).toEqual({ok: true, faults});
  });
});

describe('the sink', () => {
  async function startWithSink() {
    const sink = await startSink({port: 0});
    cleanUps.push(() => sink.close());
    const {cloud} = await start({sink});
    const connect = async () => {
      const client = await SmtpClient.connect(sink.port);
      cleanUps.push(() => client.end());
      return client;
    };
    return {sink, faults: cloud.faults, connect};
  }

  it.each([
    ['connect', 1],
    ['ehlo', 2],
    ['mail', 3],
    ['rcpt', 4],
    ['data', 6],
  ] as const)('refuses at %s with the code that it is told, the next so many times', async (stage, at) => {
    const {sink, faults, connect} = await startWithSink();
    faults.add({smtp: {stage, code: 451, text: '4.7.1 later'}, count: 1});
    const replies = async () => {
      const client = await connect();
      const all = [await client.reply()];
      for (const line of [
        'EHLO x',
        'MAIL FROM:<a@example.com>',
        'RCPT TO:<b@example.org>',
        'DATA',
        'hi\r\n.',
      ])
        if (/^[23]/.test(all.at(-1)!)) all.push(await client.say(line));
      return all;
    };
    const refused = await replies();
    expect(refused).toHaveLength(at);
    expect(refused.at(-1)).toBe('451 4.7.1 later');
    expect(sink.messages).toHaveLength(0);
    expect((await replies()).at(-1)).toMatch(/^250/);
  });

  it.each(['starttls', 'auth'] as const)('refuses at %s, and the dialogue goes on', async stage => {
    const {faults, connect} = await startWithSink();
    faults.add({smtp: {stage, code: 454, text: 'not now'}, count: 1});
    const client = await connect();
    await client.reply();
    await client.say('EHLO x');
    const command = stage === 'auth' ? 'AUTH PLAIN AGEAYg==' : 'STARTTLS';
    expect(await client.say(command)).toBe('454 not now');
    expect(await client.say('NOOP')).toMatch(/^250/);
    expect(await client.say(command)).toMatch(/^2/);
  });

  it('closes the connection at a stage', async () => {
    const {faults, connect} = await startWithSink();
    faults.add({smtp: {stage: 'ehlo', close: true}, count: 1});
    const client = await connect();
    await client.reply();
    expect(await client.say('EHLO x')).toBe('closed');
  });

  it('delays its replies at every stage', async () => {
    const {sink, faults, connect} = await startWithSink();
    const slow = faults.add({smtp: {delayMs: 30}});
    const beganMs = performance.now();
    const client = await connect();
    await client.reply();
    await client.send('Subject: hi\r\n\r\nhello\r\n');
    expect(slow.fired).toBe(5);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(149);
    expect(sink.messages).toHaveLength(1);
  });

  it('lets its replies trickle, in the clear and in TLS', async () => {
    const {sink, faults, connect} = await startWithSink();
    faults.add({smtp: {stage: 'connect', octetsPerSecond: 400}});
    const beganMs = performance.now();
    const client = await connect();
    const greeting = await client.reply();
    expect(performance.now() - beganMs).toBeGreaterThan((greeting.length * 1000) / 400);
    await client.say('EHLO x');
    await client.startTls();
    const inTlsMs = performance.now();
    const reply = await client.send('Subject: hi\r\n\r\nhello\r\n');
    expect(reply).toMatch(/^250/);
    expect(performance.now() - inTlsMs).toBeGreaterThan((reply.length * 1000) / 400);
    expect(sink.messages).toMatchObject([{tls: true}]);
  });
});

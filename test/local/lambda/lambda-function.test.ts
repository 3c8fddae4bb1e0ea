import {readFileSync} from 'node:fs';
import {afterEach, describe, expect, it} from 'vitest';
import type {Invocation} from '../../../local/lambda/function-error.ts';
import {FunctionsUnderTest, isRunning} from './functions-under-test.ts';

const functions = new FunctionsUnderTest();
afterEach(() => functions.stop());

const resultOf = (invocation: Invocation): unknown => {
  if (!invocation.ok) throw new Error(`${invocation.error.errorType}: ${invocation.error.errorMessage}`);
  return JSON.parse(invocation.payload);
};
const errorOf = (invocation: Invocation) => {
  if (invocation.ok) throw new Error(`succeeded with ${invocation.payload}`);
  return invocation.error;
};

const echo = `export const handler = async (event, context) => ({
  event, pid: process.pid, cwd: process.cwd(), environment: process.env,
  context: {...context, remaining: context.getRemainingTimeInMillis()},
});`;

interface Echo {
  readonly event: unknown;
  readonly pid: number;
  readonly cwd: string;
  readonly environment: Record<string, string>;
  readonly context: Record<string, string | number>;
}

/** The state of a process, as Linux names it: R, S, T (stopped) and others. */
const stateOf = (pid: number) => /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

describe('an invocation', () => {
  it('gives the handler its event and a context, and returns its result', async () => {
    const tested = await functions.start(echo, {timeoutS: 900});
    const {event, context} = resultOf(await tested.invoke('{"n":1}')) as Echo;
    expect(event).toEqual({n: 1});
    expect(context).toMatchObject({
      functionName: 'tested',
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      invokedFunctionArn: tested.definition.arn,
      logGroupName: '/aws/lambda/tested',
    });
    expect(context.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(context.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(context.remaining).toBeGreaterThan(600_000);
    expect(context.remaining).toBeLessThanOrEqual(900_000);
  });

  it('sees the variables of the template and of Lambda, and none of the developer’s', async () => {
    const tested = await functions.start(echo, {environment: {RELAYQ_STAGE: 'local'}});
    const {environment, cwd} = resultOf(await tested.invoke('{}')) as Echo;
    expect(environment).toMatchObject({
      RELAYQ_STAGE: 'local',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'tested',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      LAMBDA_TASK_ROOT: cwd,
      _HANDLER: 'index.handler',
      TZ: ':UTC',
    });
    expect(Object.keys(environment)).not.toContain('HOME');
    expect(Object.keys(environment).filter(name => /VITEST|npm_/i.test(name))).toEqual([]);
  });

  it('returns null when the handler returns nothing', async () => {
    const tested = await functions.start('export const handler = async () => {};');
    expect(await tested.invoke('{}')).toMatchObject({ok: true, payload: 'null'});
  });

  it('is refused when its event is larger than 6 MB, and fails when its result is', async () => {
    const tested = await functions.start(`export const handler = async () => 'x'.repeat(7_000_000);`);
    await expect(tested.invoke(JSON.stringify('x'.repeat(6_300_000)))).rejects.toThrow('too large');
    expect(errorOf(await tested.invoke('{}')).errorType).toBe('Function.ResponseSizeTooLarge');
  });
});

describe('an execution environment', () => {
  it('is reused while it is warm, and frozen between invocations', async () => {
    const tested = await functions.start(echo);
    const first = resultOf(await tested.invoke('{}')) as Echo;
    await expect.poll(() => stateOf(first.pid)).toBe('T');
    const second = resultOf(await tested.invoke('{}')) as Echo;
    expect(second.pid).toBe(first.pid);
  });

  it('takes one invocation at a time: two at once run in two environments', async () => {
    const tested = await functions.start(echo);
    const both = await Promise.all([tested.invoke('1'), tested.invoke('2')]);
    const [one, two] = both.map(resultOf) as [Echo, Echo];
    expect([one.event, two.event]).toEqual([1, 2]);
    expect(one.pid).not.toBe(two.pid);
  });

  it('is retired when it has been idle', async () => {
    const tested = await functions.start(echo, {}, {idleMs: 20});
    const {pid} = resultOf(await tested.invoke('{}')) as Echo;
    const [environment] = tested.environments;
    await environment?.gone;
    expect(isRunning(pid)).toBe(false);
    expect((resultOf(await tested.invoke('{}')) as Echo).pid).not.toBe(pid);
  });

  it('is gone with everything that it started when the function is stopped', async () => {
    const tested = await functions.start(`
      import {spawn} from 'node:child_process';
      export const handler = async () => [process.pid, spawn('sleep', ['60'], {stdio: 'ignore'}).pid];
    `);
    const pids = resultOf(await tested.invoke('{}')) as [number, number];
    await tested.stop();
    expect(isRunning(pids[0])).toBe(false);
    await expect.poll(() => isRunning(pids[1])).toBe(false);
  });
});

describe('a failing handler', () => {
  it('reports what it threw, and its environment goes on', async () => {
    const tested = await functions.start(`
      export const handler = async event => {
        if (event.fail) throw new RangeError('no such thing');
        return process.pid;
      };
    `);
    const pid = resultOf(await tested.invoke('{}'));
    const error = errorOf(await tested.invoke('{"fail":true}'));
    expect(error).toMatchObject({errorType: 'RangeError', errorMessage: 'no such thing'});
    expect(error.trace?.[0]).toBe('RangeError: no such thing');
    expect(resultOf(await tested.invoke('{}'))).toBe(pid);
    expect(functions.lines.join('\n')).toMatch(/\tERROR\tInvoke Error \t\{"errorType":"RangeError"/);
  });

  it('is killed at its timeout, even when it blocks the process', async () => {
    const tested = await functions.start(
      'export const handler = async event => { if (event.hang) for (;;); return process.pid; };',
      {timeoutS: 1},
    );
    const pid = resultOf(await tested.invoke('{}')) as number;
    const error = errorOf(await tested.invoke('{"hang":true}'));
    expect(error.errorType).toBe('Sandbox.Timedout');
    expect(error.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds$/);
    expect(isRunning(pid)).toBe(false);
    expect(functions.lines.join('\n')).toMatch(/Z [0-9a-f-]{36} Task timed out after 1\.00 seconds/);
    expect(resultOf(await tested.invoke('{}'))).not.toBe(pid);
  });

  it('never goes to an environment that was killed, even while its process is still there', async () => {
    const tested = await functions.start(echo);
    const {pid} = resultOf(await tested.invoke('{}')) as Echo;
    for (const environment of tested.environments) environment.kill();
    expect((resultOf(await tested.invoke('{}')) as Echo).pid).not.toBe(pid);
  });

  it.each([
    [
      'exits with a status',
      'process.exit(3)',
      'Runtime.ExitError',
      /Runtime exited with error: exit status 3$/,
    ],
    [
      'exits as if all were well',
      'process.exit(0)',
      'Runtime.ExitError',
      /Runtime exited without providing a reason$/,
    ],
    [
      'is killed',
      `process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})`,
      'Runtime.ExitError',
      /signal: killed$/,
    ],
    [
      'throws where nobody waits',
      `setTimeout(() => { throw new TypeError('late'); }); await new Promise(() => {})`,
      'Runtime.ExitError',
      /exit status 1$/,
    ],
    [
      'leaves a rejection unhandled',
      `Promise.reject(new Error('adrift')); await new Promise(done => setTimeout(done, 5000))`,
      'Runtime.ExitError',
      /exit status 1$/,
    ],
  ])(
    'that %s fails the invocation, and the next one has a new environment',
    async (_, code, type, message) => {
      const tested = await functions.start(
        `export const handler = async event => { if (event.fail) { ${code}; } return process.pid; };`,
      );
      const pid = resultOf(await tested.invoke('{}'));
      const error = errorOf(await tested.invoke('{"fail":true}'));
      expect(error.errorType).toBe(type);
      expect(error.errorMessage).toMatch(message);
      expect(resultOf(await tested.invoke('{}'))).not.toBe(pid);
    },
  );

  it.each([
    ['throws while loading', `throw new Error('no settings'); export const handler = 1;`, 'Error'],
    ['does not parse', 'export const handler = async () => {', 'Runtime.UserCodeSyntaxError'],
    ['imports what is not in the bundle', `import 'nodemailer'; export {};`, 'Error'],
    ['exports no handler', 'export const other = 1;', 'Runtime.HandlerNotFound'],
    [
      'takes a callback',
      'export const handler = (e, c, done) => done();',
      'Runtime.CallbackHandlerDeprecated',
    ],
    ['exits while loading', 'process.exit(7);', 'Runtime.ExitError'],
  ])('module that %s fails at init', async (_, source, type) => {
    const tested = await functions.start(source);
    const invocation = await tested.invoke('{}');
    expect(invocation).toMatchObject({ok: false, atInit: true, error: {errorType: type}});
    expect(tested.environments.size).toBe(0);
  });
});

describe('the log', () => {
  it('has console lines in Lambda’s text format and other lines as they are, all between START and END', async () => {
    const tested = await functions.start(`
      export const handler = async () => {
        console.log('one %d', 1, {two: 2});
        console.error('several\\nlines');
        process.stdout.write('{"level":"info"}\\n');
        process.stdout.write('unfinished');
      };
    `);
    const {requestId} = await tested.invoke('{}');
    const lines = functions.lines.map(line => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME'));
    expect(lines.slice(0, 4)).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      `TIME\t${requestId}\tINFO\tone 1 { two: 2 }`,
      `TIME\t${requestId}\tERROR\tseveral\nlines`,
      '{"level":"info"}',
    ]);
    expect(lines.slice(-2)[0]).toBe(`END RequestId: ${requestId}`);
    expect(lines.slice(-1)[0]).toMatch(
      /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\t.*Init Duration: [\d.]+ ms\t$/,
    );
  });

  it('in JSON has console lines as objects, and the platform’s lines, each from a level on', async () => {
    const logging = {groupName: 'g', format: 'JSON', applicationLevel: 'WARN', systemLevel: 'WARN'} as const;
    const tested = await functions.start(
      `export const handler = async event => {
        console.info('too little');
        console.warn('of %s', 'note', new RangeError('odd'));
        console.error({two: 2});
        process.stdout.write('{"level":"info"}\\n');
        if (event.fail) throw new TypeError('no');
      };`,
      {logging: {...logging}},
    );
    const {requestId} = await tested.invoke('{}');
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const warning = {timestamp, level: 'WARN', requestId, errorType: 'RangeError', errorMessage: 'odd'};
    const linesOf = () => functions.lines.map(line => JSON.parse(line) as unknown);
    expect(linesOf()).toEqual([
      {
        ...warning,
        message: expect.stringMatching(/^of note RangeError: odd\n/),
        stackTrace: expect.any(Array),
      },
      {timestamp, level: 'ERROR', requestId, message: {two: 2}},
      {level: 'info'},
    ]);
    functions.lines.length = 0;
    const failed = await tested.invoke('{"fail":true}');
    const status = {requestId: failed.requestId, status: 'error', errorType: 'TypeError'};
    const metrics = expect.objectContaining({durationMs: expect.any(Number), memorySizeMB: 256});
    expect(linesOf().slice(3)).toEqual([
      expect.objectContaining({
        message: expect.objectContaining({errorType: 'TypeError', errorMessage: 'no'}),
      }),
      {time: timestamp, type: 'platform.runtimeDone', record: status},
      {time: timestamp, type: 'platform.report', record: {...status, metrics}},
    ]);
  });
});

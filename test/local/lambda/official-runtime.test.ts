// Lambda's own runtime interface client compared with ours: the same handlers do the same under both, and the bundles that
// are deployed deliver mail under it. It has to be built, so it is no dependency:
// `npm install aws-lambda-ric` somewhere else, then RELAYQ_LAMBDA_RIC=…/node_modules/aws-lambda-ric/index.mjs.

import {readFileSync} from 'node:fs';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import type {Logging} from '../../../local/lambda/function-resource.ts';
import {type Sink, startSink} from '../../../local/sink/sink.ts';
import {names, Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {FunctionsUnderTest} from './functions-under-test.ts';

const official = process.env.RELAYQ_LAMBDA_RIC ?? '';
const because = official === '' ? ' (skipped: RELAYQ_LAMBDA_RIC does not say where it is)' : '';

const officiallyRun = (pids: Iterable<number | undefined>) =>
  [...pids].every(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(official));

describe.skipIf(official === '')(`the bundles under Lambda’s own runtime${because}`, () => {
  let sink: Sink;
  let pipeline: Pipeline;
  beforeAll(async () => {
    sink = await startSink({port: 0});
    const settings = {'smtp-sink-ip': '127.0.0.1', 'smtp-sink-port': String(sink.port)};
    pipeline = await Pipeline.start(settings, {runtime: official});
  });
  afterAll(async () => {
    await pipeline.stop();
    await sink.close();
  });

  it('deliver mail', async () => {
    const mime = 'Subject: official\r\n\r\nbody\r\n';
    await pipeline.send(
      ...[1, 2, 3].map(n => ({envelope: 'a@example.com', recipient: `${n}@example.org`, mime})),
    );
    const results = await pipeline.take(names.results.success, 3);
    expect(results.map(({fate, recipient}) => `${fate} ${recipient}`).sort()).toEqual([
      'accepted 1@example.org',
      'accepted 2@example.org',
      'accepted 3@example.org',
    ]);
    expect(sink.messages.map(({to}) => to[0]).sort()).toEqual([
      '1@example.org',
      '2@example.org',
      '3@example.org',
    ]);
    expect(pipeline.logged('attempt')).toHaveLength(3);
    const functions = [...pipeline.cloud.functions.values()];
    const pids = functions.flatMap(({environments}) => [...environments].map(({pid}) => pid));
    expect(pids.length).toBeGreaterThanOrEqual(2);
    expect(officiallyRun(pids)).toBe(true);
  });

  it('refuse what is no message', async () => {
    await pipeline.send('no JSON');
    expect(await pipeline.take(names.results.failure, 1)).toMatchObject([{fate: 'invalid'}]);
  });
});

describe.skipIf(official === '')(`a handler under Lambda’s own runtime${because}`, () => {
  const functions = new FunctionsUnderTest();
  afterEach(() => functions.stop());

  const logging = (
    format: Logging['format'],
    applicationLevel: Logging['applicationLevel'] = 'INFO',
  ): Logging => ({
    groupName: '/aws/lambda/tested',
    format,
    applicationLevel,
    systemLevel: 'WARN',
  });

  /** Two invocations and what they printed, without what differs from one run to the next. */
  async function runOf(source: string, log: Logging, runtime: {runtime?: string}) {
    const tested = await functions.start(source, {logging: log}, runtime);
    const invocations = [await tested.invoke('{"n":1}'), await tested.invoke('{"n":2}')];
    await tested.stop();
    const outcomes = invocations.map(invocation =>
      invocation.ok
        ? invocation.payload
        : {...invocation.error, trace: invocation.error.trace?.slice(0, 2), atInit: invocation.atInit},
    );
    const told = (text: string) =>
      text
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
        .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
        .replaceAll(/"(duration|billedDuration|initDuration)Ms":[\d.]+/g, '"$1"')
        .replaceAll(/"maxMemoryUsedMB":\d+/g, '"memory"')
        .replaceAll(/(file:\/\/)?\/\S*\/relayq-test-\w+\/task\//g, 'TASK/')
        // Only the error of a stack: the rest is the runtime's own.
        .replaceAll(/," {4}at [^"]*"/g, '')
        .replaceAll(/(\n|\\n) {4}at .*?:\d+:\d+\)?/g, '');
    const lines = functions.lines
      .splice(0)
      .map(told)
      .filter(line => !/^(START|END|REPORT)|^ {4}at /.test(line));
    return {outcomes: JSON.parse(told(JSON.stringify(outcomes))), lines};
  }

  const handler = (body: string) => `export const handler = async (event, context) => { ${body} };`;
  const all = `console.log('%s of', 'one', {two: 2}); console.error(new RangeError('odd'), 3); console.warn('a\\nb');
    console.debug('small'); console.info({object: true}); console.trace('least'); console.fatal('most');
    console.log('error:', Object.assign(new TypeError('coded'), {code: 'E'}));
    process.stdout.write('{"own":1}\\n'); return null;`;

  it.each([
    ['a result', handler('return {n: event.n, list: [undefined, 1]}'), logging('Text')],
    ['no result', handler(''), logging('Text')],
    ['the context', handler('return Object.keys(context).sort()'), logging('Text')],
    [
      'values of the context',
      handler('const {awsRequestId, logStreamName, xRayTraceId, ...rest} = context; return rest'),
      logging('Text'),
    ],
    ['lines of text', handler(all), logging('Text')],
    ['lines of JSON', handler(all), logging('JSON', 'TRACE')],
    ['lines from a level on', handler(all), logging('JSON', 'ERROR')],
    ['an error', handler(`throw Object.assign(new TypeError('no'), {code: 'E', extra: 1})`), logging('Text')],
    ['an error in JSON', handler(`throw new TypeError('no')`), logging('JSON')],
    ['a thrown string', handler(`throw 'words'`), logging('Text')],
    ['a thrown string in JSON', handler(`throw 'words'`), logging('JSON')],
    ['a result that is no JSON', handler('return {big: 1n}'), logging('Text')],
    [
      'a handler with a callback',
      'export const handler = (event, context, callback) => {};',
      logging('Text'),
    ],
    ['no handler', 'export const other = 1;', logging('Text')],
    ['a handler that is none', 'export const handler = 1;', logging('JSON')],
    ['an error while it is loaded', `throw new RangeError('early');`, logging('JSON')],
    ['code that is none', 'export const = ;', logging('Text')],
    ['a missing module', `import 'no-such-module'; ${handler('')}`, logging('Text')],
    [
      'an error that nobody catches',
      handler(`setImmediate(() => { throw new Error('late'); }); await new Promise(() => {})`),
      logging('Text'),
    ],
    [
      'a rejection that nobody catches',
      handler(`Promise.reject(new Error('late')); await new Promise(() => {})`),
      logging('JSON'),
    ],
    ['an exit', handler('process.exit(3)'), logging('Text')],
  ])('has the same outcome and output: %s', async (_, source, log) => {
    const ours = await runOf(source, log, {});
    expect(ours).toEqual(await runOf(source, log, {runtime: official}));
  });
});

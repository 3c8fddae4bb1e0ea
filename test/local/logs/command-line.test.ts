// What a person types: the real `aws` and a cloud whose function prints.

import {type ChildProcess, execFile, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {CloudsUnderTest, type CloudUnderTest} from '../cloud-under-test.ts';
import {functionName, templateOf} from '../template/template-under-test.ts';

/** Version 1 has no `aws logs tail`. */
const command = (process.env.PATH ?? '')
  .split(delimiter)
  .map(directory => join(directory, 'aws'))
  .filter(path => existsSync(path))
  .find(path => spawnSync(path, ['--version'], {encoding: 'utf8'}).stdout.startsWith('aws-cli/2'));
const title = `aws logs${command === undefined ? ' (skipped: no aws of version 2 on the PATH)' : ''}`;

const group = `/aws/lambda/${functionName}`;
const log = {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: group, RetentionInDays: 30}};
const printer = `export const handler = async ({Records}) => {
  for (const {body} of Records) console.warn(body);
  return {batchItemFailures: []};
};`;

describe.skipIf(command === undefined)(title, () => {
  const clouds = new CloudsUnderTest();
  let under: CloudUnderTest;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    under = await clouds.start(printer, {template: templateOf({Log: log})});
  });
  afterAll(async () => {
    for (const child of started) child.kill();
    await clouds.stop();
  });

  async function say(words: string): Promise<void> {
    await under.send('tested-work', words);
    const messages = () => under.cloud.logs.get(functionName)?.events.map(({message}) => message) ?? [];
    await expect.poll(messages).toContainEqual(expect.stringContaining(words));
  }
  const argumentsOf = (...words: string[]) => ['logs', ...words, '--endpoint-url', under.cloud.url];
  const env = () => ({
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_PAGER: '',
    AWS_CONFIG_FILE: '/dev/null',
    PYTHONUNBUFFERED: '1',
  });
  const aws = async (...words: string[]) =>
    (await promisify(execFile)(command!, argumentsOf(...words), {env: env()})).stdout;
  const awsJson = async (...words: string[]) => JSON.parse(await aws(...words, '--output', 'json'));

  it('tail shows what is printed while it is printed', async () => {
    await say('first');
    const tail = spawn(command!, argumentsOf('tail', group, '--follow', '--format', 'short'), {env: env()});
    started.push(tail);
    let shown = '';
    tail.stdout.on('data', chunk => {
      shown += chunk;
    });
    await expect.poll(() => shown).toContain('first');
    await say('second');
    await expect.poll(() => shown).toContain('second');
    // It asks again from the last event on, and shows no event twice.
    expect(shown.match(/first/g)).toHaveLength(1);
    expect(shown).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d \{"timestamp".*"first"\}$/m);
    tail.kill();
    await once(tail, 'close');
  });

  it('filter-log-events and tail take a pattern', async () => {
    await say('third');
    const pattern = '{ $.level = "WARN" && $.message = "third" }';
    const [{events}, tailed] = await Promise.all([
      awsJson('filter-log-events', '--log-group-name', group, '--filter-pattern', pattern),
      aws('tail', group, '--since', '10m', '--format', 'short', '--filter-pattern', '"third"'),
    ]);
    expect(events).toEqual([expect.objectContaining({message: expect.stringContaining('"third"')})]);
    expect(tailed.trim().split('\n')).toEqual([expect.stringMatching(/ \{.*"third"\}$/)]);
  });

  it('describe-log-groups, describe-log-streams and get-log-events work one after the other', async () => {
    const {logGroups} = await awsJson('describe-log-groups', '--log-group-name-prefix', '/aws/lambda/');
    expect(logGroups).toEqual([expect.objectContaining({logGroupName: group, retentionInDays: 30})]);
    const {logStreams} = await awsJson('describe-log-streams', '--log-group-name', group);
    const [{logStreamName}] = logStreams;
    expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    const ofStream = ['--log-group-name', group, '--log-stream-name', logStreamName];
    const {events} = await awsJson('get-log-events', ...ofStream, '--limit', '1', '--start-from-head');
    expect(events).toEqual([expect.objectContaining({message: expect.stringContaining('"first"')})]);
  });

  it('start-query and get-query-results ask in the language of Logs Insights', async () => {
    const now = Math.ceil(Date.now() / 1000);
    const range = ['--start-time', String(now - 600), '--end-time', String(now)];
    const query = 'filter level = "WARN" | stats count(*) as lines by message | sort message | limit 1';
    const {queryId} = await awsJson(
      'start-query',
      '--log-group-name',
      group,
      ...range,
      '--query-string',
      query,
    );
    const answer = () => awsJson('get-query-results', '--query-id', queryId);
    await expect.poll(async () => (await answer()).status).toBe('Complete');
    expect((await answer()).results).toEqual([
      [
        {field: 'message', value: 'first'},
        {field: 'lines', value: '1'},
      ],
    ]);
  });

  it('reports errors as it does with AWS', async () => {
    const errorOf = (...words: string[]) => aws(...words).catch(({stderr}) => stderr.trim());
    const [group404, pattern400] = await Promise.all([
      errorOf('tail', '/aws/lambda/none'),
      errorOf('tail', group, '--filter-pattern', 'a:b'),
    ]);
    expect(group404).toBe(
      'An error occurred (ResourceNotFoundException) when calling the FilterLogEvents operation: The specified log group does not exist.',
    );
    expect(pattern400).toMatch(/\(InvalidParameterException\).*Invalid character\(s\) in term ':'$/);
  });
});

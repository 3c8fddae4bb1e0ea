import {once} from 'node:events';
import {createServer} from 'node:net';
import {CreateQueueCommand} from '@aws-sdk/client-sqs';
import {describe, expect, it} from 'vitest';
import {everythingIn, file, message, outbox, prepareForSend, send, sqs} from './send-under-test.ts';

prepareForSend();

describe('npm run send', () => {
  it('puts messages of files and stdin on the outbox', async () => {
    const json = await file(
      'list.json',
      JSON.stringify([message('a@example.org'), message('b@example.org')]),
    );
    const {code, stdout, stderr} = await send(
      [json, 'examples/newsletter.eml', '-'],
      `${JSON.stringify(message('c@example.org', {custom: 'ü\uffff'}))}\n`,
    );
    expect({code, stdout, stderr}).toEqual({code: 0, stdout: '5 messages sent\n', stderr: ''});
    const bodies = await everythingIn(outbox);
    expect(bodies.map(({recipient}) => recipient).toSorted()).toEqual([
      'a@example.org',
      'b@example.org',
      'c@example.org',
      'jo.doe@example.org',
      'sam@example.net',
    ]);
    expect(bodies.find(({recipient}) => recipient === 'c@example.org')).toEqual(
      message('c@example.org', {custom: 'ü\uffff'}),
    );
    const newsletter = bodies.find(({recipient}) => recipient === 'sam@example.net');
    expect(newsletter?.envelope).toBe('bounces@news.example.com');
    expect(newsletter?.mime).toContain('x-mq-campaign: 2026-01\n');
  });

  it('sends many, within the limits of a request, and each exactly once', async () => {
    const large = Array.from({length: 5}, (_, n) =>
      message(`large${n}@example.org`, {mime: 'x'.repeat(400_000)}),
    );
    const small = Array.from({length: 200}, (_, n) => message(`small${n}@example.org`));
    const ndjson = [...large, ...small].map(one => JSON.stringify(one)).join('\n');
    const {code, stdout} = await send(['-'], ndjson);
    expect({code, stdout}).toEqual({code: 0, stdout: '205 messages sent\n'});
    const recipients = (await everythingIn(outbox)).map(body => body.recipient);
    expect(recipients).toHaveLength(205);
    expect(new Set(recipients)).toEqual(new Set([...large, ...small].map(({recipient}) => recipient)));
  });

  it('sends to another stage at another endpoint', async () => {
    await sqs.client.send(new CreateQueueCommand({QueueName: 'relayq-dev-outbox'}));
    const {code} = await send(
      ['--stage', 'dev', '--endpoint-url', sqs.endpoint.url, 'examples/hello.json'],
      '',
      {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1', RELAYQ_PORT: '1'},
    );
    expect(code).toBe(0);
    expect(await everythingIn(sqs.queueNamed('relayq-dev-outbox'))).toHaveLength(1);
    expect(await everythingIn(outbox)).toHaveLength(0);
  });

  it('sends nothing when one of the files is wrong', async () => {
    const bad = await file('bad.json', '{"smarthost": {"password": "hunter2"}, oops}');
    const {code, stdout, stderr} = await send(['examples/hello.json', bad]);
    expect({code, stdout}).toEqual({code: 2, stdout: ''});
    expect(stderr).toBe(`relayq: ${bad}: is not JSON: see line 1, column 40\n`);
    expect(await everythingIn(outbox)).toEqual([]);
  });

  it.each([
    [[], 'relayq: no FILE given\n'],
    [['--sage', 'x', 'f.json'], /^error: unknown option '--sage'/],
    [
      ['--stage', 'Bad Stage', 'f.json'],
      /^error: option '--stage <name>' argument 'Bad Stage' is invalid\. /,
    ],
    [
      ['--timeout', 'soon', 'f.json'],
      /^error: option '--timeout <seconds>' argument 'soon' is invalid\. A number of seconds/,
    ],
    [
      ['--endpoint-url', 'localhost:4566', 'f.json'],
      /^error: option '--endpoint-url <url>' argument 'localhost:4566' is invalid\. A URL/,
    ],
    [['no-such-file.json'], 'relayq: no-such-file.json: no such file\n'],
    [
      ['functions'],
      'relayq: functions: is a folder without a file whose name ends in .eml, .json, .jsonl or .ndjson\n',
    ],
  ])('says what is wrong with %j', async (args, problem) => {
    const {code, stderr} = await send(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(problem);
  });

  it('tells programs what it has sent, in JSON', async () => {
    const {stdout} = await send(['--json', 'examples/hello.json']);
    expect(JSON.parse(stdout)).toEqual({version: 1, sent: 1, of: 1});
    const checked = await send(['--json', '--dry-run', 'examples/hello.json']);
    expect(JSON.parse(checked.stdout)).toEqual({
      version: 1,
      checked: [{source: 'examples/hello.json', recipient: 'jo.doe@example.org'}],
    });
  });

  it('sends nothing with --read-only', async () => {
    const {code, stderr} = await send(['--read-only', 'examples/hello.json']);
    expect({code, stderr}).toEqual({code: 1, stderr: 'relayq: --read-only: this would send 1 message\n'});
    expect(await everythingIn(outbox)).toEqual([]);
  });

  it('explains itself', async () => {
    const {code, stdout} = await send(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: relayq send /);
  });

  it('says how to start the local cloud when there is none', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as {port: number};
    server.close();
    const {code, stderr} = await send(['examples/hello.json'], '', {RELAYQ_PORT: String(port)});
    expect(code).toBe(1);
    expect(stderr).toBe(
      `relayq: nothing answers at http://127.0.0.1:${port}; start the local cloud with: npm start\n`,
    );
  });

  it('says so when the stage is not there', async () => {
    const args = ['--stage', 'prod', '--endpoint-url', sqs.endpoint.url, 'examples/hello.json'];
    const {code, stderr} = await send(args, '', {
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-west-1',
    });
    expect(code).toBe(1);
    expect(stderr).toBe('relayq: there is no queue relayq-prod-outbox: is stage prod deployed there?\n');
  });
});

describe('npm run send -- --stage prod says in a line what to do', () => {
  const nothing = {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  it.each<[string, Record<string, string>, RegExp]>([
    ['without a region', {}, /there is no AWS region: set AWS_REGION/],
    ['without credentials', {AWS_REGION: 'eu-west-1'}, /there are no AWS credentials: set AWS_PROFILE, or/],
    [
      'with a profile that is not there',
      {AWS_REGION: 'eu-west-1', AWS_PROFILE: 'nobody'},
      /no(?:t| has no)? .*credentials/,
    ],
  ])('%s', async (_, environment, problem) => {
    const {code, stdout, stderr} = await send(['--stage', 'prod', 'examples/hello.json'], '', {
      ...nothing,
      ...environment,
    });
    expect({code, stdout}).toEqual({code: 1, stdout: ''});
    expect(stderr).toMatch(/^relayq: [^\n]*\n$/);
    expect(stderr).toMatch(problem);
  });
});

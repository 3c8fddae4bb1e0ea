// The console on a pipeline: what the page asks for, from the first message to the last dead letter.

import {readFile, rm} from 'node:fs/promises';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sink, startSink} from '../../../local/sink/sink.ts';
import {names, Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {mailTo} from '../../samples/mail.ts';
import {sinkParameters} from '../../samples/relay-parameters.ts';
import {recipientSays} from '../../servers/recipient-says.ts';
import {type ScriptedServer, startScriptedServer} from '../../servers/scripted-server.ts';
import {ConsoleUnderTest, time} from './console-under-test.ts';

let server: ScriptedServer;
let sink: Sink;
let pipeline: Pipeline;
let page: ConsoleUnderTest;

beforeAll(async () => {
  server = await startScriptedServer({RCPT: recipientSays()});
  sink = await startSink({port: 0});
  pipeline = await Pipeline.start(sinkParameters(server), {sink});
  page = await ConsoleUnderTest.start({endpointUrl: pipeline.cloud.url});
  await page.signIn();
});
afterAll(async () => {
  await page?.stop();
  await pipeline?.stop();
  await sink?.close();
  await server?.close();
});

test('the session tells which stage it is', async () => {
  const {status, json} = await page.get('/api/session');
  expect(status).toBe(200);
  expect(json).toEqual({
    version: 1,
    stage: 'local',
    region: 'us-east-1',
    account: '000000000000',
    endpointUrl: pipeline.cloud.url,
    isLocal: true,
    readOnly: false,
    relayq: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    asOf: time,
  });
});

test('the overview is what status prints, and ten pages ask for it once', async () => {
  await pipeline.send(
    mailTo('ok@fine.example'),
    mailTo('bounce@gone.example'),
    mailTo('never@later.example'),
  );
  const seen = await page.when('/api/overview', ({domains}) => domains?.length === 3);
  expect(seen).toMatchObject({version: 1, stage: 'local', asOf: time, source: expect.any(String)});
  const answers = await Promise.all(Array.from({length: 10}, () => page.get('/api/overview')));
  expect(new Set(answers.map(({text}) => text)).size).toBe(1);
});

test('an explanation of a recipient, of a domain, and of a message', async () => {
  const {json} = await page.get('/api/explain?who=ok@fine.example');
  expect(json).toMatchObject({version: 1, goes: true, asOf: time});
  expect(json.steps.map(({step}: {step: string}) => step)).toContain('destination');
  expect((await page.get('/api/explain?who=fine.example')).status).toBe(200);
  const message = mailTo('ok@fine.example', {nextattempt: '2999-01-01 00:00:00'});
  const posted = await page.post('/api/explain', {message});
  expect(posted.json).toMatchObject({goes: false});
  for (const who of ['', 'a b@c']) {
    const wrong = await page.get(`/api/explain?who=${encodeURIComponent(who)}`);
    expect(wrong.json.error.kind).toBe('invalid');
  }
});

test('what is sent has the id under which it is traced', async () => {
  const {status, json} = await page.post('/api/send', {
    message: mailTo('ok@traced.example', {tags: ['spring']}),
  });
  expect(status).toBe(200);
  const traced = await page.when(`/api/trace?q=${json.id}`, ({messages}) => messages?.[0]?.isOver);
  expect(traced.messages[0]).toMatchObject({recipient: 'ok@traced.example', state: 'accepted'});
  const refused = await page.post('/api/send', {message: {recipient: 'nobody'}});
  expect(refused.status).toBe(400);
  expect(refused.json.error).toMatchObject({
    kind: 'invalid',
    problems: [expect.any(String), expect.any(String)],
  });
  expect((await page.get('/api/trace?q=a%20b')).json.error.kind).toBe('invalid');
  expect((await page.get('/api/trace?q=a@b.example&since=yesterday')).json.error.kind).toBe('invalid');
});

test('attempts are found by domain, fate and tag', async () => {
  const bounced = await page.when('/api/search?fate=bounced', ({lines}) => lines?.length > 0);
  expect(bounced.lines[0]).toMatchObject({
    time,
    domain: 'gone.example',
    recipient: 'bounce@gone.example',
    fate: 'bounced',
    code: 550,
    attempt: 1,
    tags: [],
  });
  expect(bounced).toMatchObject({version: 1, searchedSince: time, isCut: false});
  const domainsOf = async (query: string) => {
    const {json} = await page.get(`/api/search?${query}`);
    return json.lines.map(({domain}: {domain: string}) => domain);
  };
  expect(await domainsOf('tag=spring')).toEqual(['traced.example']);
  expect(await domainsOf('domain=*d.example')).toEqual(['traced.example']);
  expect(await domainsOf('domain=GONE.example&minutes=5')).toEqual(['gone.example']);
  for (const query of ['fate=x', 'minutes=0', `domain=${encodeURIComponent('a" || $.id = "*')}`])
    expect([query, (await page.get(`/api/search?${query}`)).json.error.kind]).toEqual([query, 'invalid']);
});

test('series have a value for each minute', async () => {
  const {json} = await page.get('/api/series?minutes=60');
  expect(json).toMatchObject({version: 1, stepSeconds: 60, price: expect.stringContaining('USD')});
  expect(json.times).toHaveLength(60);
  for (const name of ['attempts', 'accepted', 'deferred', 'bounced', 'held', 'latencyP50', 'latencyP95'])
    expect(json[name]).toHaveLength(60);
  expect(json.attempts.reduce((sum: number, each: number | null) => sum + (each ?? 0), 0)).toBeGreaterThan(2);
  expect(Object.keys(json.queues)).toContain(names.outbox);
  expect((await page.get('/api/series?minutes=7')).status).toBe(400);
});

test('settings are told with what they may be; a change is judged, written, and in force', async () => {
  const {json} = await page.get('/api/settings');
  const named = (name: string) => json.settings.find((each: {name: string}) => each.name === name);
  expect(named('smarthost-password')).toMatchObject({isSecret: true, doc: 'docs/settings.md#smarthost'});
  expect(named('strict')).toMatchObject({kind: 'one of', allowed: ['false', 'true'], value: 'false'});
  const changes = {'retry-interval': '60,600', 'max-attempts': '7'};
  const changed = await page.post('/api/settings', {changes});
  expect(changed.json).toMatchObject({
    version: 1,
    changed: [
      {name: 'retry-interval', version: 1},
      {name: 'max-attempts', version: 1},
    ],
  });
  await pipeline.send(mailTo('ok@fine.example'));
  const path = '/api/settings/in-force?retry-interval=1&max-attempts=1';
  expect(await page.when(path, ({isInForce}) => isInForce)).toMatchObject({inForce: 'yes'});
  expect((await page.get('/api/settings/in-force?strict=9')).status).toBe(404);
  const wrong = await page.post('/api/settings', {changes: {'max-attempts': null, strict: 's3cret'}});
  expect(wrong.status).toBe(400);
  expect(wrong.json.error).toMatchObject({
    kind: 'invalid',
    problems: [{name: 'strict', problem: expect.any(String)}],
  });
  expect(wrong.text).not.toContain('s3cret');
  const still = (await page.get('/api/settings')).json.settings;
  expect(still.find((each: {name: string}) => each.name === 'max-attempts')).toMatchObject({value: '7'});
});

test('dead letters are listed, shown, redriven, and dropped into a private file', async () => {
  const letter = (recipient: string) =>
    JSON.stringify(mailTo(recipient, {mime: 'Subject: <img src=x onerror=alert(1)>\u202e\r\n\r\nx\r\n'}));
  const dead = pipeline.cloud.sqs.queue(names.outboxDlq);
  expect(dead).toBeDefined();
  const {SendMessageCommand} = await import('@aws-sdk/client-sqs');
  const QueueUrl = pipeline.cloud.queueUrlOf(names.outboxDlq);
  const ids: string[] = [];
  for (const recipient of ['ok@one.example', 'ok@two.example', 'ok@three.example']) {
    const sent = await pipeline.sqs.send(new SendMessageCommand({QueueUrl, MessageBody: letter(recipient)}));
    ids.push(sent.MessageId!);
  }
  const {json} = await page.get('/api/dead-letters');
  const [queue] = json.queues;
  expect(queue).toMatchObject({queue: 'outbox-dlq', about: 3});
  expect(queue.letters[0].subject).toBe('<img src=x onerror=alert(1)>\u202e');
  const shown = await page.get(`/api/dead-letters/${ids[0]}`);
  expect(shown.json).toMatchObject({version: 1, id: ids[0], recipient: 'ok@one.example'});
  expect((await page.get('/api/dead-letters/none')).json.error.kind).toBe('not-found');
  const redriven = await page.post('/api/dead-letters/redrive', {ids: [ids[0], 'none']});
  expect(redriven.json).toMatchObject({
    redriven: [{id: ids[0], to: names.outbox}],
    failed: [{id: 'none', kind: 'not-found'}],
  });
  const dropped = await page.post('/api/dead-letters/drop', {ids: [ids[1]]});
  expect(dropped.json).toMatchObject({version: 1, dropped: 1, failed: []});
  expect(JSON.parse(await readFile(dropped.json.file, 'utf8'))).toMatchObject({
    id: ids[1],
    body: letter('ok@two.example'),
  });
  await rm(dropped.json.file);
  const {json: after} = await page.get('/api/dead-letters');
  expect(after.queues[0].letters.map(({id}: {id: string}) => id)).toEqual([ids[2]]);
  const wrong = [{}, {ids: []}, {ids: ['a b']}, {ids: ['x'], queue: '../x'}];
  for (const body of wrong) expect((await page.post('/api/dead-letters/drop', body)).status).toBe(400);
  for (const path of ['redrive', 'drop'])
    expect((await page.get(`/api/dead-letters/${path}`)).status).toBe(405);
});

test('what AWS refuses names the permission that lacks, and throttling is said to be that', async () => {
  const whileThere = async (fault: 'refuse' | 'throttle') => {
    const added = pipeline.cloud.faults.add({fault, operation: 'GetParametersByPath', from: 'all'});
    const {status, json} = await page.get('/api/settings');
    added.remove();
    return {status, ...json.error};
  };
  expect(await whileThere('refuse')).toMatchObject({
    status: 403,
    kind: 'denied',
    permission: 'ssm:GetParametersByPath',
    text: expect.stringContaining('docs/permissions.md'),
  });
  expect(await whileThere('throttle')).toMatchObject({status: 429, kind: 'throttled'});
  expect((await page.get('/api/settings')).status).toBe(200);
});

test('one answer that does not come holds up no other', async () => {
  const hanging = pipeline.cloud.faults.add({fault: 'hang', operation: 'GetQueueAttributes', from: 'all'});
  const waiting = page.get('/api/dead-letters');
  for (const path of ['/api/settings', '/api/session', '/api/search?minutes=11'])
    expect((await page.get(path)).status).toBe(200);
  hanging.remove();
  await waiting;
});

test('with --read-only all is shown, and nothing is changed', async () => {
  const reader = await ConsoleUnderTest.start({endpointUrl: pipeline.cloud.url, readOnly: true});
  await reader.signIn();
  expect((await reader.get('/api/session')).json.readOnly).toBe(true);
  const acts: readonly (readonly [string, object])[] = [
    ['/api/settings', {changes: {strict: 'true'}}],
    ['/api/send', {message: mailTo('ok@fine.example')}],
    ['/api/dead-letters/redrive', {queue: 'outbox-dlq', all: true}],
    ['/api/dead-letters/redrive', {ids: ['x']}],
    ['/api/dead-letters/drop', {ids: ['x']}],
  ];
  for (const [path, body] of acts) {
    const {status, json} = await reader.post(path, body);
    expect([path, status, json.error?.text]).toEqual([path, 403, expect.stringContaining('--read-only')]);
  }
  expect((await reader.post('/api/explain', {message: mailTo('ok@fine.example')})).status).toBe(200);
  await reader.stop();
});

test('a whole queue is moved by SQS, and what it says of that is told', async () => {
  const {status, json} = await page.post('/api/dead-letters/redrive', {queue: 'outbox-dlq', all: true});
  // Nobody knows where a message comes from that was sent to the queue itself.
  const move = {queue: 'outbox-dlq', moved: 0, status: 'FAILED', reason: 'CouldNotDetermineMessageSource'};
  expect({status, moves: json.moves}).toMatchObject({status: 200, moves: [move]});
  expect(json.moves[0].problem).toContain('redrive such messages by their IDs');
});

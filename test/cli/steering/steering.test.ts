// `relayq pause`, `resume`, `cancel` and `hold list` on a pipeline that runs.

import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {nameFor} from '../../../cli/steering/planned-rule.ts';
import {TestClock} from '../../../local/clock.ts';
import {names, Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {mailTo} from '../../samples/mail.ts';
import {sinkParameters} from '../../samples/relay-parameters.ts';
import {type ScriptedServer, startScriptedServer} from '../../servers/scripted-server.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

const clock = new TestClock();
let server: ScriptedServer;
let pipeline: Pipeline;
let relayq: RelayqUnderTest;

beforeAll(async () => {
  server = await startScriptedServer();
  pipeline = await Pipeline.start(sinkParameters(server), {clock});
  relayq = await RelayqUnderTest.create(() => pipeline.cloud.port);
});
afterAll(async () => {
  await relayq.stop();
  await pipeline.stop();
  await server.close();
});

const held = () => pipeline.cloud.sqs.queue(names.held).counts.visible;
const json = async (...args: string[]) => JSON.parse((await relayq.run([...args, '--json'])).stdout);

describe('mail is paused, cancelled and resumed', () => {
  test('what a pause would write is told beforehand, and nothing is written', async () => {
    const document = await json('pause', '--tag', 'spring', '--reason', 'wrong prices', '--dry-run');
    expect(document).toMatchObject({
      version: 1,
      setting: 'pauses/spring',
      value: {reason: 'wrong prices', tag: 'spring'},
      estimate: {most: 0, held: 0},
    });
    expect(await json('hold', 'list')).toMatchObject({held: 0, rules: [], problems: []});
  });

  test('a pause holds mail, and says which, why and until when', async () => {
    const until = '2099-01-01 00:00:00';
    const args = ['pause', 'offer', '--tag', 'spring', '--reason', 'wrong prices', '--until', until];
    const {code, stdout, stderr} = await relayq.run([...args, '--no-wait']);
    expect([code, stdout, stderr]).toEqual([
      0,
      'pauses/offer set (version 1)\n',
      'pauses/offer: tag spring\nan estimate: there is no mail now that it concerns\n',
    ]);
    await pipeline.send(
      mailTo('a@one.example', {n: 1, tags: ['spring']}),
      mailTo('b@one.example', {n: 2, tags: ['spring']}),
      mailTo('c@two.example', {n: 3, tags: ['spring']}),
    );
    await pipeline.until(() => held() === 3);
    expect((await relayq.run(['hold', 'list'])).stdout).toBe(
      '3 messages held\npauses/offer: holds tag spring\n  because: wrong prices\n  until 2099-01-01 00:00:00Z\n',
    );
    const {stdout: status} = await relayq.run(['status']);
    expect(status).toContain('pauses/offer holds tag spring until 2099-01-01 00:00:00Z: wrong prices');
  });

  test('an estimate says that it is one, and looks into what is held', async () => {
    const {stderr, stdout} = await relayq.run([
      ...['cancel', '--domain', 'one.example', '--reason', 'gone', '--dry-run'],
    ]);
    expect(stderr).toBe('');
    expect(stdout).toContain('errors/one.example: domain one.example\n');
    expect(stdout).toContain('an estimate: ');
    expect(stdout).toContain('about 2 of the 3 held\n');
    // What was looked at is given back.
    expect(held()).toBe(3);
  });

  test('a cancellation ends held mail, and resume lets the rest go', async () => {
    const cancel = ['cancel', '--domain', 'one.example', '--reason', 'gone', '--no-wait'];
    expect((await relayq.run(cancel)).code).toBe(0);
    await clock.forward(300_000);
    const bounced = await pipeline.take(names.results.results, 2);
    expect(bounced).toMatchObject([{fate: 'bounced'}, {fate: 'bounced'}]);
    expect(bounced[0]?.results.at(-1)).toMatchObject({
      code: 550,
      forced: 'errors/one.example',
      reason: 'gone',
    });
    expect((await relayq.run(['resume', 'offer', 'errors/one.example', '--no-wait'])).stdout).toBe(
      'pauses/offer removed\nerrors/one.example removed\n',
    );
    await pipeline.idle();
    await clock.forward(300_000);
    expect(await pipeline.result()).toMatchObject({n: 3, fate: 'accepted'});
    expect((await relayq.run(['hold', 'list'])).stdout).toBe('no mail is held\nnothing holds mail back\n');
  });
});

describe('what is wrong is refused before anything is written', () => {
  test.each([
    [['pause', '--reason', 'r'], 2, 'needs at least one of domain, nextHop, tag, recipient, id'],
    [['pause', '--all'], 2, "required option '--reason <text>' not specified"],
    [['pause', '--all', '--tag', 't', '--reason', 'r'], 2, 'has all, and beside it tag'],
    [['pause', '--all', '--reason', 'r', '--until', 'soon'], 2, '--until: must be a UTC time'],
    [
      ['pause', '--all', '--reason', 'r', '--until', '2099-01-01 00:00:00', '--for', '1h'],
      2,
      'give one of them',
    ],
    [['pause', 'a b', '--all', '--reason', 'r'], 2, 'must end in a name of letters'],
    [['cancel', '--tag', 't', '--reason', 'r', '--code', '250'], 2, 'a whole number from 400 to 599'],
    [['resume', 'nothing'], 1, 'there is no pauses/nothing: see relayq hold list'],
  ])('%j', async (args, code, problem) => {
    const run = await relayq.run(args);
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(problem);
    expect((await json('hold', 'list')).rules).toEqual([]);
  });
});

test.each([
  [{tag: 'Spring sale!'}, 'Spring-sale'],
  [{domain: '*.example.org'}, 'example.org'],
  [{recipient: 'jo@example.org', tag: 't'}, 't-jo-example.org'],
  [{all: true as const}, 'all'],
])('a rule for %j is called %s', (selection, name) => expect(nameFor(selection)).toBe(name));

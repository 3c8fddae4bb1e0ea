// `relayq set` waits for the functions' own word, on a pipeline that is at work.

import {afterAll, beforeAll, expect, test} from 'vitest';
import {parseSettingsLine} from '../../../cli/settings/settings-log.ts';
import {Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {mailTo} from '../../samples/mail.ts';
import {sinkParameters} from '../../samples/relay-parameters.ts';
import {type ScriptedServer, startScriptedServer} from '../../servers/scripted-server.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

let cli: RelayqUnderTest;
let pipeline: Pipeline;
let server: ScriptedServer;

beforeAll(async () => {
  server = await startScriptedServer();
  pipeline = await Pipeline.start(sinkParameters(server));
  cli = await RelayqUnderTest.create(() => Number(new URL(pipeline.cloud.url).port));
});
afterAll(async () => {
  await cli.stop();
  await pipeline.stop();
  await server.close();
});

const message = mailTo('to@example.org');

/** Sends mail until the command has ended: functions read settings with it. */
async function runWhileMailComes(args: readonly string[]) {
  let isOver = false;
  const running = cli.run(args).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await pipeline.send(message);
    await pipeline.result();
  }
  return running;
}

test('while no function is running it does not wait', async () => {
  const {code, stdout} = await cli.run(['set', 'max-attempts', '7']);
  expect(stdout).toContain('no function is running');
  expect(code).toBe(0);
});

test('it waits until the functions have it in force, and tells when', async () => {
  await pipeline.send(message);
  await pipeline.result();
  const {code, stdout, stderr} = await runWhileMailComes(['set', 'max-attempts', '8']);
  expect(stderr).toMatch(/^waiting until route and deliver have read it: at most 75 s$/m);
  expect(stderr).toMatch(/^in force in route after \d+ s$/m);
  expect(stderr).toMatch(/^in force in deliver after \d+ s$/m);
  expect(stdout).toBe('max-attempts set (version 2)\nin force\n');
  expect(code).toBe(0);
});

test('what is removed is waited for too', async () => {
  const {code, stdout} = await runWhileMailComes(['unset', 'max-attempts']);
  expect(stdout).toBe('max-attempts removed\nin force\n');
  expect(code).toBe(0);
});

test('when its time is over it says that nobody has said so', async () => {
  await pipeline.send(message);
  await pipeline.result();
  const {code, stdout} = await cli.run(['set', 'max-attempts', '9', '--wait', '0']);
  expect(stdout).toContain('no function has said yet that it is in force');
  expect(code).toBe(0);
});

const path = '/relayq/local/';
test.each<[object, string | undefined]>([
  [{changed: ['a'], versions: {a: 3}}, 'a'],
  [{changed: ['a'], versions: {a: 2}}, undefined],
  [{added: ['a']}, 'a'],
  [{changed: ['b'], versions: {b: 9}}, undefined],
  [{removed: ['gone'], added: ['a'], versions: {a: 4}}, 'a gone'],
  [{removed: ['a']}, undefined],
  [{changed: ['a'], versions: {a: 3}, path: '/relayq/other/'}, undefined],
  [{changed: 'a', versions: 3}, undefined],
])('a line %j is about %s', (fields, names) => {
  const line = JSON.stringify({message: 'settings changed; they are in force', path, ...fields});
  const versions = new Map([
    ['a', 3],
    ['gone', undefined],
  ]);
  expect(parseSettingsLine(line, path, versions)?.names.join(' ')).toBe(names);
});

test('a function of an older version says which name it does not know', () => {
  const problems = ['a is unknown; known are smarthost', 'b must be a whole number'];
  const message = 'settings have problems; the last good values stay in force';
  const line = JSON.stringify({message, path, problems});
  const versions = new Map([
    ['a', 1],
    ['b', 1],
  ]);
  expect(parseSettingsLine(line, path, versions)).toEqual({kind: 'unknown', names: ['a']});
  expect(parseSettingsLine('no JSON', path, versions)).toBeUndefined();
});

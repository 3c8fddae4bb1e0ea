// Outside the local stage a command says what it would do, where, and in whose account, and asks before it does it. Whoever is
// asked sits at a terminal: a real one, of the operating system.

import {spawnSync} from 'node:child_process';
import {generateKeyPairSync} from 'node:crypto';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {awsDoors} from '../../local/endpoint/aws-doors.ts';
import {type Endpoint, listen} from '../../local/endpoint/endpoint.ts';
import {CloudWatchLogs} from '../../local/logs/cloudwatch-logs.ts';
import {logsService} from '../../local/logs/service.ts';
import {ssmService} from '../../local/ssm/service.ts';
import {Ssm} from '../../local/ssm/ssm.ts';
import {stsService} from '../../local/sts/definition.ts';
import {credentials, RelayqUnderTest} from './relayq-under-test.ts';

const account = {region: 'eu-west-1', accountId: '123456789012'};
const secret = 'hunter2';

let endpoint: Endpoint;
let relayq: RelayqUnderTest;
let ssm: Ssm;
let logs: CloudWatchLogs;
let args: readonly string[];
beforeEach(async () => {
  ssm = new Ssm(account);
  logs = new CloudWatchLogs(account);
  endpoint = await listen(awsDoors([ssmService(ssm), logsService(logs), stsService({account})]), {port: 0});
  relayq = await RelayqUnderTest.create(() => endpoint.port);
  args = ['--stage', 'prod', '--endpoint-url', endpoint.url];
});
afterEach(async () => {
  await relayq.stop();
  await endpoint.close();
});

const set = (...words: readonly string[]) => ['set', ...args, '--no-wait', ...words];
const textOf = (name: string) => ssm.get(`/relayq/prod/${name}`);
const question = 'stage prod of account 123456789012 in eu-west-1: set smarthost? [y/N] ';

describe('without a terminal', () => {
  test('nothing is done, and what would answer the question is told', async () => {
    const run = await relayq.run(set('smarthost', 'mx.example.net'), {environment: credentials});
    expect(run).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'relayq: this would set smarthost, in stage prod of account 123456789012 in eu-west-1: say so with --yes\n',
    });
    expect(textOf('smarthost')).toBeUndefined();
  });

  test('--yes answers it', async () => {
    const run = await relayq.run(set('smarthost', 'mx.example.net', '--yes'), {environment: credentials});
    expect(run).toMatchObject({code: 0, stdout: 'smarthost set (version 1)\n'});
  });

  test('what to type next is for the same stage', async () => {
    const create = ['dkim', 'create', ...args, 'example.org', '--type', 'ed25519', '--selector', 'a'];
    const {code, stderr} = await relayq.run(create, {environment: credentials});
    expect(stderr).toContain('then: relayq dkim check example.org --stage prod\n');
    expect({code, isThere: ssm.get('/relayq-dkim/prod/example.org/a') !== undefined}).toEqual({
      code: 0,
      isThere: true,
    });
  });

  test('what is harmless is not asked', async () => {
    const run = await relayq.run(set('max-attempts', '3'), {environment: credentials});
    expect(run).toMatchObject({code: 0, stdout: 'max-attempts set (version 1)\n'});
  });
});

/** Other systems have a `script` with other options. */
const hasTerminals = String(spawnSync('script', ['--version']).stdout).includes('util-linux');

describe.skipIf(!hasTerminals)('in a terminal', () => {
  test('yes does it', async () => {
    const {code, shown} = await relayq.inTerminal(set('smarthost', 'mx.example.net'), question, 'y');
    expect(shown).toContain('smarthost set (version 1)');
    expect({code, smarthost: textOf('smarthost')}).toEqual({code: 0, smarthost: 'mx.example.net'});
  });

  test('a DKIM key is removed when somebody says yes, and not else', async () => {
    const {privateKey} = generateKeyPairSync('ed25519');
    const name = '/relayq-dkim/prod/example.org/a';
    ssm.put(name, privateKey.export({type: 'pkcs8', format: 'pem'}) as string, {type: 'SecureString'});
    const command = ['dkim', 'remove', ...args, 'example.org', 'a'];
    const asked =
      'stage prod of account 123456789012 in eu-west-1: remove the DKIM key a of example.org, which is active and is the last one of its domain; mail that wants it waits? [y/N] ';
    expect((await relayq.inTerminal(command, asked, '')).code).toBe(1);
    expect(ssm.get(name)).toBeDefined();
    expect((await relayq.inTerminal(command, asked, 'y')).code).toBe(0);
    expect(ssm.get(name)).toBeUndefined();
  });

  test('anything else does nothing', async () => {
    const {code, shown} = await relayq.inTerminal(set('smarthost', 'mx.example.net'), question, '');
    expect(shown).toContain('nothing was done');
    expect({code, smarthost: textOf('smarthost')}).toEqual({code: 1, smarthost: undefined});
  });

  test('a secret is asked for, and is not shown', async () => {
    const prompt = 'smarthost-password (it is not shown): ';
    ssm.put('/relayq/prod/smarthost-username', 'jo', {type: 'String'});
    const {code, shown} = await relayq.inTerminal(set('--yes', 'smarthost-password'), prompt, secret);
    expect(shown).not.toContain(secret);
    expect({code, password: textOf('smarthost-password')}).toEqual({code: 0, password: secret});
  });
});

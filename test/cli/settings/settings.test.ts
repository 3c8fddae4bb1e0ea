// `relayq settings`, `set` and `unset` on a Parameter Store of their own. No function is running there.

import {DescribeParametersCommand, PutParameterCommand, SSMClient} from '@aws-sdk/client-ssm';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {AwsError} from '../../../local/aws-error.ts';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsRequest} from '../../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {CloudWatchLogs} from '../../../local/logs/cloudwatch-logs.ts';
import {logsService} from '../../../local/logs/service.ts';
import {ssmService} from '../../../local/ssm/service.ts';
import {Ssm} from '../../../local/ssm/ssm.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

const account = {region: 'us-east-1', accountId: '000000000000'};
const path = '/relayq/local/';
const secret = 'hunter2';

let endpoint: Endpoint;
let relayq: RelayqUnderTest;
let ssm: Ssm;
/** Every write that was asked for: `PutParameter smarthost`. */
let writes: string[];
/** The writes that SSM refuses. */
let refused: (request: AwsRequest) => boolean;

beforeEach(async () => {
  ssm = new Ssm(account);
  writes = [];
  refused = () => false;
  const service = ssmService(ssm);
  const call = async (request: AwsRequest) => {
    const {operation, input} = request;
    if (operation === 'PutParameter' || operation === 'DeleteParameter') {
      writes.push(`${operation} ${String(input.Name).slice(path.length)}`);
      if (refused(request)) throw new AwsError('AccessDeniedException', 'not this one');
    }
    return service.call(request);
  };
  const doors = awsDoors([{...service, call}, logsService(new CloudWatchLogs(account))]);
  endpoint = await listen(doors, {port: 0});
  relayq = await RelayqUnderTest.create(() => endpoint.port);
});
afterEach(async () => {
  await relayq.stop();
  await endpoint.close();
});

const put = (name: string, value: string, type: 'String' | 'SecureString' = 'String') =>
  ssm.put(`${path}${name}`, value, {type});
const textOf = (name: string) => ssm.get(`${path}${name}`);

async function typesOf(): Promise<Record<string, string>> {
  const client = new SSMClient(sdkOptions(endpoint.url));
  const {Parameters = []} = await client.send(new DescribeParametersCommand({}));
  client.destroy();
  return Object.fromEntries(Parameters.map(({Name, Type}) => [Name!.slice(path.length), Type!]));
}

const run = async (args: readonly string[], input?: string) => {
  const result = await relayq.run(args, input === undefined ? {} : {input});
  expect(result.stdout + result.stderr).not.toContain(secret);
  return result;
};

describe('relayq settings', () => {
  test('lists what counts, where it comes from, and since when', async () => {
    put('max-attempts', '5');
    put('smarthost', `smtp://jo:${secret}@mx.example.net:587`, 'SecureString');
    put('smarthost-port', '25');
    const {code, stdout, stderr} = await run(['settings']);
    expect(stdout).toMatch(/^SETTING +VALUE +FROM +VERSION +SINCE$/m);
    expect(stdout).toMatch(/^max-attempts +5 +parameter +1 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/m);
    expect(stdout).toMatch(/^smarthost +smtp:\/\/jo:\*\*\*@mx\.example\.net:587 +parameter/m);
    expect(stdout).toMatch(/^strict +false +default$/m);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
  });

  test('tells of an unknown name which one was meant, and of a change that was broken off', async () => {
    put('smarthost-prot', secret);
    put('smarthost-port', 'being changed; before it was "587"');
    const {code, stdout} = await run(['settings']);
    expect(stdout).toContain('smarthost-prot is unknown: did you mean smarthost-port?');
    expect(stdout).toMatch(/^smarthost-port says that a change .* was broken off/m);
    expect(code).toBe(1);
    const {stdout: json} = await run(['settings', '--json']);
    expect(JSON.parse(json)).toMatchObject({
      version: 1,
      stage: 'local',
      problems: expect.arrayContaining([
        expect.objectContaining({name: 'smarthost-prot', suggestion: 'smarthost-port'}),
      ]),
    });
  });
});

describe('relayq set', () => {
  test('writes one setting, or several that belong together', async () => {
    expect(await run(['set', 'capacity/example.org', '{"connections": 3}'])).toMatchObject({
      code: 0,
      stdout: 'capacity/example.org set (version 1)\nno function is running: the next mail finds it\n',
      stderr: '',
    });
    const args = ['smarthost=mx.example.net', 'smarthost-username=jo', 'smarthost-password=-'];
    expect((await run(['set', ...args], `${secret}\n`)).code).toBe(0);
    expect(writes.slice(1)).toEqual([
      'PutParameter smarthost-username',
      'PutParameter smarthost-password',
      'PutParameter smarthost',
    ]);
    expect(textOf('smarthost-password')).toBe(secret);
    expect(await typesOf()).toMatchObject({smarthost: 'String', 'smarthost-password': 'SecureString'});
  });

  test('tells programs in JSON', async () => {
    const {stdout} = await run(['set', 'strict', 'true', '--json', '--no-wait']);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      changed: [{name: 'strict', version: 1}],
      inForce: 'not waited for',
    });
  });

  test.each<[string, readonly string[], RegExp]>([
    ['a wrong value', ['smarthost-port', '587x'], /smarthost-port must be a whole number from 1 to 65535/],
    [
      'one wrong value among several',
      ['max-attempts=3', 'strict=perhaps'],
      /strict must be one of true, false; nothing was written/,
    ],
    ['half a pair', ['smarthost-username', 'jo'], /smarthost-username needs smarthost-password beside it/],
    ['an unknown name', ['max-atempts', '3'], /max-atempts is unknown: did you mean max-attempts\?/],
    ['a password', ['smarthost-password', secret], /relayq set smarthost-password - < FILE/],
    ['a password under a wrong name', ['password', secret], /relayq set smarthost-password - < FILE/],
    ['a URL with a password', ['smarthost', `smtp://jo:${secret}@mx.example.net`], /there may be a password/],
    ['one among several', ['strict=true', `smtp-sink=smtp://jo:${secret}@a.example`], /there may be/],
    ['a URL in place of a name', [`smtp://jo:${secret}@mx.example.net`], /the name of a setting is wanted/],
    ['a password like an option', ['smarthost-password', `-${secret}`], /unknown option/],
    ['too much', ['strict', 'true', 'false'], /set what\?/],
    ['a name twice', ['strict=true', 'strict=false'], /strict is there twice/],
    ['more than SSM takes', ['helo-name', 'a'.repeat(5000)], /nothing was written|has 5000 octets/],
    ['double braces', ['capacity/a.b', '{"connections":1}'.replace('1', '{{1}}')], /JSON|double braces/],
  ])('refuses %s, and writes nothing', async (_, args, complaint) => {
    const {code, stdout, stderr} = await run(['set', ...args]);
    expect(stderr).toMatch(complaint);
    expect({code, stdout, writes}).toEqual({code: 2, stdout: '', writes: []});
  });

  test('a value of more than 4 KB is refused, one that comes on stdin too', async () => {
    const padded = `{"connections": 1${' '.repeat(4096)}}`;
    const {code, stderr} = await run(['set', 'capacity/a.b'], padded);
    expect(stderr).toContain('has 4114 octets, and SSM takes 4096');
    expect({code, writes}).toEqual({code: 2, writes: []});
  });

  test('without a value it reads stdin; nothing there is none', async () => {
    expect(await run(['set', 'smarthost-password', '--no-input'])).toMatchObject({
      code: 2,
      stderr: 'relayq: smarthost-password: nothing came on stdin\n',
    });
    const url = `smtp://jo:${secret}@mx.example.net:587`;
    expect((await run(['set', 'smarthost'], `${url}\n`)).code).toBe(0);
    expect(textOf('smarthost')).toBe(url);
    expect(await typesOf()).toEqual({smarthost: 'SecureString'});
  });

  test('a URL with a password goes into smarthost-url where smarthost is a String', async () => {
    put('smarthost', 'old.example.net');
    const {code, stderr} = await run(['set', 'smarthost', '-'], `smtp://jo:${secret}@mx.example.net`);
    expect(stderr).toContain('smarthost-url is set, which counts before it');
    expect({code, writes}).toEqual({code: 0, writes: ['PutParameter smarthost-url']});
    expect(await typesOf()).toEqual({smarthost: 'String', 'smarthost-url': 'SecureString'});
    expect((await run(['settings'])).stdout).toMatch(/^smarthost +\(does not count\) old\.example\.net/m);
    expect((await run(['set', 'smarthost', 'new.example.net'])).stderr).toContain(
      'this changes nothing that counts',
    );
  });

  test('another secret that is there as a String is refused, with what to do instead', async () => {
    put('smarthost', 'mx.example.net');
    put('smarthost-username', 'jo');
    put('smarthost-password', 'old');
    const {code, stderr} = await run(['set', 'smarthost-password'], secret);
    expect(stderr).toContain('put all of it into smarthost-url');
    expect({code, writes}).toEqual({code: 2, writes: []});
  });

  test('a SecureString keeps its key', async () => {
    const client = new SSMClient(sdkOptions(endpoint.url));
    const Name = `${path}smarthost`;
    const parameter = {Name, Value: 'smtp://a.example', Type: 'SecureString', KeyId: 'alias/ours'} as const;
    await client.send(new PutParameterCommand(parameter));
    client.destroy();
    let keyId: unknown;
    refused = ({input}) => {
      keyId = input.KeyId;
      return false;
    };
    expect((await run(['set', 'smarthost', 'smtp://b.example'])).code).toBe(0);
    expect(keyId).toBe('alias/ours');
  });

  test('where a write is refused, those before it are put back', async () => {
    put('smarthost', 'a.example');
    put('smarthost-username', 'a');
    put('smarthost-password', 'a', 'SecureString');
    refused = ({input}) => input.Name === `${path}smarthost`;
    const {code, stderr} = await run(['set', 'smarthost=b.example', 'smarthost-username=b']);
    expect(stderr).toContain('all is as it was before');
    expect(code).toBe(3);
    expect(['smarthost', 'smarthost-username', 'smarthost-port'].map(textOf)).toEqual([
      'a.example',
      'a',
      undefined,
    ]);
    expect((await run(['settings'])).code).toBe(0);
  });

  test('a problem that was there before hinders nothing else', async () => {
    put('smarthost-prot', '587');
    const {code, stderr} = await run(['set', 'strict', 'true']);
    expect(stderr).toContain('still wrong: smarthost-prot is unknown: did you mean smarthost-port?');
    expect(code).toBe(0);
  });

  test('what is that already is not written', async () => {
    put('strict', 'true');
    const {code, stderr} = await run(['set', 'strict', 'true']);
    expect({code, stderr, writes}).toEqual({code: 0, stderr: 'strict is that already\n', writes: []});
  });

  test('a change that was broken off goes on, and puts the port back', async () => {
    put('smarthost', 'a.example');
    put('smarthost-port', 'being changed; before it was "587"');
    const {code, stderr} = await run(['set', 'smarthost', 'b.example']);
    expect(stderr).toContain('a change was broken off before, and goes on with this one');
    expect({code, writes}).toEqual({
      code: 0,
      writes: ['PutParameter smarthost', 'PutParameter smarthost-port'],
    });
    expect(textOf('smarthost-port')).toBe('587');
  });

  test('--read-only writes nothing', async () => {
    const {code, stderr} = await run(['set', 'strict', 'true', '--read-only']);
    expect({code, stderr, writes}).toEqual({
      code: 1,
      stderr: 'relayq: --read-only: this would set strict\n',
      writes: [],
    });
  });
});

describe('relayq unset', () => {
  test('removes settings, the name of a smarthost first', async () => {
    put('smarthost', 'a.example');
    put('smarthost-port', '587');
    const {code, stdout} = await run(['unset', 'smarthost-port', 'smarthost', '--no-wait']);
    expect({code, stdout}).toEqual({code: 0, stdout: 'smarthost-port removed\nsmarthost removed\n'});
    expect(writes).toEqual(['DeleteParameter smarthost', 'DeleteParameter smarthost-port']);
  });

  test('does not leave half a pair behind', async () => {
    put('smarthost-username', 'jo');
    put('smarthost-password', secret, 'SecureString');
    const {code, stderr} = await run(['unset', 'smarthost-username']);
    expect(stderr).toContain('smarthost-password needs smarthost-username beside it; nothing was written');
    expect({code, writes}).toEqual({code: 2, writes: []});
  });

  test('removes an unknown parameter, and knows of no other', async () => {
    put('max-atempts', '3');
    expect((await run(['unset', 'max-atempts'])).code).toBe(0);
    const {code, stderr} = await run(['unset', 'max-atempts']);
    expect({code, stderr}).toEqual({
      code: 2,
      stderr: 'relayq: max-atempts is unknown: did you mean max-attempts?\n',
    });
  });
});

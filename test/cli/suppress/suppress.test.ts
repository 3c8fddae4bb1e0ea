// `relayq suppress` with a table and a Parameter Store of its own.

import {readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {entryOf, itemOf} from '../../../functions/suppression/item.ts';
import {dynamoDbService} from '../../../local/dynamodb/service.ts';
import {Tables} from '../../../local/dynamodb/tables.ts';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsService} from '../../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {failPartly} from '../../../local/faults/partial-failure.ts';
import {ssmService} from '../../../local/ssm/service.ts';
import {Ssm} from '../../../local/ssm/ssm.ts';
import type {SuppressionEntry} from '../../../shared/delivery/suppression/entry.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

const table = 'relayq-local-suppressions';
let endpoint: Endpoint;
let cli: RelayqUnderTest;
let tables: Tables;
const ssm = new Ssm({region: 'us-east-1', accountId: '000000000000'});
/** Operations in their order. */
let calls: string[];
/** How many of the next calls leave half of their items for later. */
let busy = 0;

beforeAll(async () => {
  const call: AwsService['call'] = async request => {
    calls.push(request.operation);
    const service = {...dynamoDbService(tables)};
    if (!request.operation.startsWith('Batch') || busy-- <= 0) return service.call(request);
    return failPartly(request, service, {share: 0.5, random: Math.random});
  };
  const dynamoDb = {...dynamoDbService(new Tables()), call};
  endpoint = await listen(awsDoors([dynamoDb, ssmService(ssm)]), {port: 0});
  cli = await RelayqUnderTest.create(() => endpoint.port);
});
afterAll(async () => {
  await cli.stop();
  await endpoint.close();
});
beforeEach(() => {
  tables = new Tables();
  for (const name of [table, 'relayq-prod-suppressions'])
    tables.create({logicalId: 'Suppressions', name, key: 'who', expiry: 'expiresAt'});
  calls = [];
  busy = 0;
  ssm.put('/relayq/local/suppression', 'on');
});

const run = (...args: readonly string[]) => cli.run(['suppress', ...args]);
const stored = () =>
  tables
    .itemsOf(table)
    .map(item => entryOf(item)!)
    .sort((a, b) => (a.who < b.who ? -1 : 1));
const put = (...entries: readonly (Partial<SuppressionEntry> & {readonly who: string})[]) => {
  for (const entry of entries)
    tables
      .table(table)
      .put(
        itemOf({reason: 'BOUNCE', source: 'ses', timeMs: Date.UTC(2026, 0, 5), count: 0, ...entry}) as never,
      );
};
async function json(...args: readonly string[]) {
  const {stdout, stderr, code} = await run(...args, '--json');
  return {code, stderr, ...JSON.parse(stdout)};
}
async function file(name: string, text: string): Promise<string> {
  const path = join(cli.directory, name);
  await writeFile(path, text);
  return path;
}

describe('add', () => {
  test('puts addresses and domains there under their one spelling, with why, by whom and until when', async () => {
    const {code, added, replaced} = await json(
      ...[
        'add',
        'Jo@Bücher.example',
        'example.net',
        '--reason',
        'asked\nus',
        '--code',
        '550',
        '--status',
        '5.7.1',
      ],
      ...['--expires', '2099-01-01'],
    );
    expect([code, replaced]).toEqual([0, []]);
    const common = {
      state: 'suppressed',
      reason: 'asked us',
      source: 'manual',
      code: 550,
      status: '5.7.1',
      count: 0,
    };
    expect(added).toMatchObject([
      {who: 'jo@xn--bcher-kva.example', kind: 'address', ...common, expires: '2099-01-01 00:00:00Z'},
      {who: 'example.net', kind: 'domain', ...common},
    ]);
    expect(stored().map(({who}) => who)).toEqual(['example.net', 'jo@xn--bcher-kva.example']);
  });

  test('keeps the bounces of an entry before', async () => {
    put({who: 'jo@example.org', source: 'bounce', count: 3});
    const {stdout} = await run('add', 'jo@example.org', '--reason', 'complained');
    expect(stdout).toBe('jo@example.org is suppressed, in place of an entry before\n');
    expect(stored()).toMatchObject([{count: 3, source: 'manual', reason: 'complained'}]);
  });

  test('says that the list is not read while the setting is off', async () => {
    ssm.put('/relayq/local/suppression', 'off');
    const {code, stderr} = await run('add', 'jo@example.org');
    expect([code, stderr]).toEqual([0, 'the list is not read: relayq set suppression on\n']);
  });

  test.each([
    ['an address that is none', ['jo doe@example.org'], /need quoting/],
    ['a domain that is none', ['nobody'.repeat(60)], /must be an address/],
    ['a time that is over', ['jo@example.org', '--expires', '2020-01-01'], /that time is over/],
    ['no time', ['jo@example.org', '--expires', 'soon'], /A time such as/],
    ['a code of a deferral', ['jo@example.org', '--code', '450'], /A code from 500/],
    ['a source of several words', ['jo@example.org', '--source', 'a b'], /a word of letters/],
  ])('refuses %s, and writes nothing', async (_, args, problem) => {
    const {code, stderr} = await run('add', ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(problem)]);
    expect(stored()).toEqual([]);
  });
});

describe('list', () => {
  test('says of an address whether it is suppressed, also by its domain', async () => {
    put({who: 'example.org', reason: 'is no more'}, {who: 'jo@example.net', source: 'bounce', count: 1});
    ssm.put('/relayq/local/suppression-after', '2');
    const {suppressed, free, entries} = await json(
      'list',
      'Bo@example.org',
      'jo@example.net',
      'al@example.com',
    );
    expect({suppressed, free}).toEqual({
      suppressed: ['bo@example.org'],
      free: ['jo@example.net', 'al@example.com'],
    });
    expect(entries).toMatchObject([
      {who: 'example.org', state: 'suppressed'},
      {who: 'jo@example.net', state: 'counted'},
    ]);
    const {stdout, stderr} = await run('list', 'jo@example.net');
    expect(stdout).toMatch(/^jo@example\.net +1 of 2 +2026-01-05 00:00:00Z +bounce +1 +- +BOUNCE$/m);
    expect(stderr).toBe('jo@example.net is not suppressed\n');
    ssm.delete('/relayq/local/suppression-after');
  });

  test('shows what options choose, and says when there is more', async () => {
    put(
      {who: 'a@example.org', reason: '550 no such user'},
      {who: 'b@example.org', source: 'manual'},
      {who: 'c@example.net', timeMs: Date.UTC(2025, 0, 1)},
    );
    const named = async (...args: readonly string[]) =>
      (await json('list', ...args)).entries.map(({who}: {who: string}) => who).toSorted();
    expect(await named()).toEqual(['a@example.org', 'b@example.org', 'c@example.net']);
    expect(await named('--source', 'ses')).toEqual(['a@example.org', 'c@example.net']);
    expect(await named('--domain', 'Example.org')).toEqual(['a@example.org', 'b@example.org']);
    expect(await named('--since', '2026-01-01')).toEqual(['a@example.org', 'b@example.org']);
    expect(await named('--until', '2025-12-31')).toEqual(['c@example.net']);
    expect(await named('--reason', 'No*User')).toEqual(['a@example.org']);
    const {stderr} = await run('list', '--limit', '2');
    expect(stderr).toBe('there are more than 2 entries: see --limit\n');
  });

  test('shows nothing that controls the terminal', async () => {
    tables.table(table).put({who: {S: 'a\u202e@example.org'}, reason: {S: '\x1b[2J'}, source: {S: '\x07x'}});
    const {stdout} = await run('list');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('remove', () => {
  test('takes what is named off the list, and says what was not there', async () => {
    put({who: 'jo@example.org'}, {who: 'bo@example.org'});
    const {code, stdout, stderr} = await run('remove', 'JO@example.org', 'al@example.org');
    expect({code, stdout, stderr}).toEqual({
      code: 1,
      stdout: 'jo@example.org is removed\n',
      stderr: 'al@example.org is not in the list\n',
    });
    expect(stored().map(({who}) => who)).toEqual(['bo@example.org']);
  });

  test('releases many by reason, source and time, and says before how many', async () => {
    put(
      ...Array.from({length: 120}, (_, index) => ({
        who: `${index}@example.org`,
        source: 'bounce',
        reason: 'dns: no such domain',
      })),
      {who: 'kept@example.org', source: 'bounce', reason: 'no such user'},
    );
    const chosen = ['--source', 'bounce', '--reason', 'no such domain', '--since', '2026-01-01'];
    const dry = await json('remove', ...chosen, '--dry-run');
    expect(dry).toMatchObject({matching: 120, removed: 0, dryRun: true});
    expect(stored()).toHaveLength(121);
    const {stdout, stderr} = await run('remove', ...chosen);
    expect([stdout, stderr]).toEqual(['120 entries removed\n', '120 entries will be removed\n']);
    expect(stored().map(({who}) => who)).toEqual(['kept@example.org']);
  });

  test('asks in another stage than local, and names the number', async () => {
    tables
      .table('relayq-prod-suppressions')
      .put(itemOf({...{reason: '', source: 'ses', timeMs: 0, count: 0}, who: 'jo@example.org'}) as never);
    const args = ['suppress', 'remove', '--source', 'ses', '--stage', 'prod', '--endpoint-url', endpoint.url];
    const {code, stderr} = await cli.run(args, {
      environment: {AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-west-1'},
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('1 entry')]);
    expect(tables.itemsOf('relayq-prod-suppressions')).toHaveLength(1);
  });

  test('wants names or options, and not both or neither', async () => {
    expect((await run('remove')).code).toBe(2);
    expect((await run('remove', 'jo@example.org', '--source', 'ses')).code).toBe(2);
  });
});

describe('import', () => {
  const bounces = 'EmailAddress,Reason,LastUpdateTime\n';

  test('adds what is right, and tells what is wrong with its line', async () => {
    const path = await file(
      'ses.csv',
      `${bounces}jo@example.org,BOUNCE,2026-01-05T00:00:00Z\nnobody,BOUNCE,\n"open,x\nbo@example.org,COMPLAINT,\n`,
    );
    const {code, stdout, stderr} = await run('import', path);
    expect(code).toBe(1);
    expect(stdout).toBe('4 rows of the form ses: 2 entries added, 0 suppressed already, 2 wrong\n');
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^line 3 "nobody" .*address/),
      'line 4 has a quote that is out of place, or never closed',
      '',
    ]);
    expect(stored()).toMatchObject([
      {who: 'bo@example.org', reason: 'COMPLAINT', source: 'ses'},
      {who: 'jo@example.org', reason: 'BOUNCE', source: 'ses', timeMs: Date.UTC(2026, 0, 5)},
    ]);
  });

  test('leaves alone who is suppressed already, and takes up who is not any more', async () => {
    put(
      {who: 'jo@example.org', source: 'manual', reason: 'asked us'},
      {who: 'bo@example.org', source: 'bounce', count: 1},
    );
    ssm.put('/relayq/local/suppression-after', '3');
    const path = await file(
      'again.csv',
      `${bounces}jo@example.org,BOUNCE,\nBO@example.org,BOUNCE,\nbo@example.org,BOUNCE,\n`,
    );
    expect(await json('import', path)).toMatchObject({
      ...{code: 0, form: 'ses', rows: 3, added: 1, there: 1, repeated: 1, wrong: 0, problems: [], omitted: 0},
    });
    expect(stored()).toMatchObject([
      {who: 'bo@example.org', source: 'ses', count: 1},
      {who: 'jo@example.org', source: 'manual', reason: 'asked us'},
    ]);
    expect(await json('import', path)).toMatchObject({added: 0, there: 2});
    ssm.delete('/relayq/local/suppression-after');
  });

  test('writes in batches, and again what DynamoDB leaves for later', async () => {
    busy = 6;
    const rows = Array.from({length: 1_000}, (_, index) => `${index}@example.org,BOUNCE,\n`);
    const path = await file('many.csv', bounces + rows.join(''));
    expect(await json('import', path)).toMatchObject({added: 1_000, rows: 1_000});
    expect(stored()).toHaveLength(1_000);
    const count = (name: string) => calls.filter(each => each === name).length;
    expect(count('BatchGetItem') + count('BatchWriteItem')).toBe(10 + 40 + 6);
  });

  test('adds nothing with --dry-run, and reads stdin', async () => {
    const {stdout} = await cli.run(['suppress', 'import', '-', '--dry-run', '--json'], {
      input: 'jo@example.org\n',
    });
    expect(JSON.parse(stdout)).toMatchObject({form: 'addresses', added: 1, dryRun: true});
    expect(stored()).toEqual([]);
  });

  test('tells a hundred rows that are wrong, and the number of the others', async () => {
    const path = await file('wrong.csv', bounces + 'nobody,BOUNCE,\n'.repeat(150));
    const {problems, omitted, wrong, code} = await json('import', path);
    expect([problems.length, omitted, wrong, code]).toEqual([100, 50, 150, 1]);
  });

  test.each([
    ['no file', 'none.csv', undefined, /none\.csv: no such file/],
    ['another form', 'other.csv', 'name,telephone\n', /is of no form that is known: relayq, postmark, ses/],
    ['nothing', 'empty.csv', '', /there are no rows/],
  ])('refuses %s', async (_, name, text, problem) => {
    const path = text === undefined ? join(cli.directory, name) : await file(name, text);
    const {code, stderr} = await run('import', path);
    expect([code, stderr]).toEqual([2, expect.stringMatching(problem)]);
  });

  test('asks before it does so in another stage than local', async () => {
    const path = await file('prod.csv', 'jo@example.org\n');
    const args = [
      'suppress',
      'import',
      path,
      '--stage',
      'prod',
      '--endpoint-url',
      endpoint.url,
      '--read-only',
    ];
    const environment = {AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-west-1'};
    expect((await cli.run(args, {environment})).code).toBe(1);
    expect(tables.itemsOf('relayq-prod-suppressions')).toEqual([]);
  });
});

describe('export', () => {
  test('writes what import takes back as it was, into a file that nobody else can read', async () => {
    put(
      {
        who: '=cmd@example.org',
        reason: '=HYPERLINK("http://example.net")',
        code: 550,
        status: '5.1.1',
        count: 2,
      },
      {
        who: '"jo doe"@example.org',
        reason: 'a, "b"; c',
        source: 'bounce',
        count: 1,
        expiresMs: Date.UTC(2099, 0, 1),
      },
      {who: 'xn--bcher-kva.example', reason: '', source: 'manual'},
      {who: 'jo@example.org', reason: '550 5.1.1 of old'},
    );
    const before = stored();
    const path = join(cli.directory, 'export.csv');
    const {code, stderr} = await run('export', path);
    expect([code, stderr]).toEqual([0, `4 entries exported to ${path}\n`]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/^who,reason,source,time,code,status,expires,count\r\n/);
    expect(text).not.toMatch(/(?:^|,"?)[=+@]/m);
    expect((await run('export', path)).stderr).toMatch(/is there already, and is not overwritten/);
    tables = new Tables();
    tables.create({logicalId: 'Suppressions', name: table, key: 'who'});
    expect(await json('import', path)).toMatchObject({form: 'relayq', added: 4, wrong: 0});
    expect(stored()).toEqual(before);
  });

  test('writes to stdout, all or what options choose, also as JSON', async () => {
    put({who: 'a@example.org'}, {who: 'b@example.org', source: 'manual'});
    const {stdout} = await run('export', '--source', 'manual');
    expect(stdout).toBe(
      'who,reason,source,time,code,status,expires,count\r\nb@example.org,BOUNCE,manual,2026-01-05 00:00:00Z,,,,0\r\n',
    );
    const {entries, version} = await json('export');
    expect([version, entries.map(({who}: {who: string}) => who).toSorted()]).toEqual([
      1,
      ['a@example.org', 'b@example.org'],
    ]);
  });
});

test('a stage that was deployed before there was a list is told to be deployed again', async () => {
  tables = new Tables();
  const {code, stderr} = await run('list');
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/there is no table relayq-local-suppressions: deploy the stage again/),
  ]);
});

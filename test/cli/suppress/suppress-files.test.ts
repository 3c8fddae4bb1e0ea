// `relayq suppress import` and `export`: lists as files.

import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {
  calls,
  cli,
  emptyList,
  endpoint,
  file,
  json,
  leaveForLater,
  put,
  run,
  ssm,
  startSuppress,
  stopSuppress,
  stored,
  table,
  tables,
  withoutTables,
} from './suppress-under-test.ts';

beforeAll(startSuppress);
afterAll(stopSuppress);
beforeEach(emptyList);

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
    leaveForLater(6);
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
    withoutTables();
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

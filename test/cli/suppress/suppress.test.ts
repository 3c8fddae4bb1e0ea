// `relayq suppress`: who is added, listed, removed.

import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {itemOf} from '../../../functions/suppression/item.ts';
import {
  cli,
  emptyList,
  endpoint,
  json,
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

test('a stage that was deployed before there was a list is told to be deployed again', async () => {
  withoutTables();
  const {code, stderr} = await run('list');
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/there is no table relayq-local-suppressions: deploy the stage again/),
  ]);
});

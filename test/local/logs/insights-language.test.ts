import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {discoveredFieldsOf} from '../../../local/logs/insights/discovered-fields.ts';
import {MalformedQuery} from '../../../local/logs/insights/malformed-query.ts';
import {parseQuery} from '../../../local/logs/insights/query.ts';
import {compareNaturally} from '../../../local/logs/insights/value.ts';
import {logsPermissionsFor} from '../../../local/logs/permissions.ts';
import {projectRoot} from '../../global-setup.ts';

it('knows every query of the documentation', async () => {
  const page = await readFile(join(projectRoot, 'docs/operate.md'), 'utf8');
  const queries = [...page.matchAll(/^\| .* \| `((?:filter|fields|stats) .*)` \|$/gm)].map(
    ([, query = '']) => query,
  );
  expect(queries.length).toBeGreaterThan(5);
  for (const query of queries) parseQuery(query.replaceAll('\\|', '|'));
});

it('an operation needs permission for each of its log groups', () => {
  const account = {region: 'eu-west-1', accountId: '1'};
  const permissionsFor = (operation: string, input: Record<string, unknown>) =>
    logsPermissionsFor({operation, input}, account).map(({action, resource}) => `${action} ${resource}`);
  const group = 'arn:aws:logs:eu-west-1:1:log-group:';
  expect(permissionsFor('StartQuery', {logGroupNames: ['a', 'b']})).toEqual([
    `logs:StartQuery ${group}a:*`,
    `logs:StartQuery ${group}b:*`,
  ]);
  expect(permissionsFor('StartQuery', {logGroupIdentifiers: [`${group}a`]})).toEqual([
    `logs:StartQuery ${group}a:*`,
  ]);
  expect(permissionsFor('GetLogEvents', {logGroupName: 'a', logStreamName: 's'})).toEqual([
    `logs:GetLogEvents ${group}a:log-stream:s`,
  ]);
  expect(permissionsFor('GetQueryResults', {queryId: 'q'})).toEqual(['logs:GetQueryResults *']);
});

it('any text is a query, or is refused as one', () => {
  const words =
    'fields filter stats sort limit parse display dedup by as and or not like in [ ] ( ) | , = != < * count( pct( bin(5m) "t" /r/ `f` a @b 1'.split(
      ' ',
    );
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string({maxLength: 5}))), pieces => {
      try {
        expect(parseQuery(pieces.join(' ')).columns.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedQuery);
      }
    }),
    {numRuns: 3000},
  );
});

describe('the fields of a message', () => {
  const fieldsOf = (message: string) => Object.fromEntries(discoveredFieldsOf(message));

  it('are those of its JSON, by dots and numbers', () => {
    const message = {a: 1, b: {c: 'x', d: [true, {e: null, f: 2}]}, '@g': 'own'};
    expect(fieldsOf(JSON.stringify(message))).toEqual({
      a: 1,
      'b.c': 'x',
      'b.d.0': 1,
      'b.d.1.f': 2,
      '@@g': 'own',
    });
  });

  it('are those of the first JSON object in it', () => {
    expect(fieldsOf('2026 INFO {"a":"}\\"{","b":{}} {"c":1} rest')).toEqual({a: '}"{'});
    for (const none of ['', 'text', '{', '{"a', '{a}', '[1]', '}{']) expect(fieldsOf(none)).toEqual({});
  });

  it('are at most 200, and not deeper than a hundred levels', () => {
    const many = Object.fromEntries(Array.from({length: 300}, (_, n) => [`f${n}`, n]));
    expect(Object.keys(fieldsOf(JSON.stringify(many)))).toHaveLength(200);
    expect(fieldsOf(`{"a":${'['.repeat(50_000)}1${']'.repeat(50_000)},"b":2}`)).toEqual({b: 2});
  });
});

it('sorts what is absent first, then texts, then numbers', () => {
  const values = ['b10', 3, undefined, 'b9', '12', 'a'];
  // Array.prototype.sort itself puts undefined last.
  const sorted = values.map(value => ({value})).sort((a, b) => compareNaturally(a.value, b.value));
  expect(sorted.map(({value}) => value)).toEqual([undefined, 'a', 'b9', 'b10', 3, '12']);
});

// The saved queries are those of the runbook, word for word.

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {projectRoot} from '../global-setup.ts';
import {stackWith} from './stack-under-test.ts';

test('each query of the runbook is saved, and no other', async () => {
  const runbook = await readFile(join(projectRoot, 'docs/operate.md'), 'utf8');
  const [, table = ''] = /\| question \| query \|\n(.*?)\n\n/s.exec(runbook) ?? [];
  const documented = table
    .split('\n')
    .slice(1)
    .map(row => {
      const [, question = '', query = ''] = /^\| (.*?) \| `(.*)` \|$/.exec(row) ?? [];
      return [`relayq/dev/${question.replace(/ \(.*\)$/, '')}`, query.replaceAll('\\|', '|')];
    });
  expect(documented.length).toBeGreaterThan(5);
  const stack = stackWith();
  const saved = stack
    .all('AWS::Logs::QueryDefinition')
    .map(({Properties: {Name, QueryString}}) => [Name, QueryString]);
  expect(saved).toEqual(documented);
});

test('they search the logs of both functions', () => {
  const stack = stackWith();
  for (const {Properties} of stack.all('AWS::Logs::QueryDefinition'))
    expect((Properties.LogGroupNames as unknown[]).map(name => stack.nameOf(name))).toEqual([
      '/aws/lambda/relayq-dev-route',
      '/aws/lambda/relayq-dev-deliver',
    ]);
});

test('what they filter by is indexed', () => {
  for (const {Properties} of stackWith().all('AWS::Logs::LogGroup'))
    expect(Properties.FieldIndexPolicies).toEqual([{Fields: ['id', 'domain', 'level', 'message']}]);
});

// The saved queries of Logs Insights are those of the documentation.

import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {root} from './app-under-test.ts';
import {stackWith} from './stack-under-test.ts';

const stack = stackWith();
const pages = globSync('docs/*.md', {cwd: root}).sort();
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

interface Recipe {
  readonly asks: string;
  readonly query: string;
  readonly both: boolean;
}

/** How a query of Logs Insights begins. */
const command = 'filter|filterIndex|fields|stats|parse|display|dedup|SOURCE';
const both = ' (on both log groups)';

/** Rows of tables: a question, and a query, in which `\|` stands for a bar. */
const recipesOf = (text: string): readonly Recipe[] =>
  [...text.matchAll(new RegExp(`^\\| ([^|]+?) \\| \`((?:${command}) .+)\` \\|$`, 'gm'))].map(
    ([, question = '', query = '']) => ({
      asks: question.replace(both, ''),
      query: query.replaceAll('\\|', '|'),
      both: question.endsWith(both),
    }),
  );

/** All that looks like a query, wherever it stands. */
const queriesIn = (text: string): readonly string[] => [
  ...text.matchAll(new RegExp(`^(?:.*\`)?(?:${command}) .*\\|.*$`, 'gm')).map(([line]) => line),
];

const recipes = pages.flatMap(page => recipesOf(textOf(page)));

const saved = stack.all('AWS::Logs::QueryDefinition').map(({Properties}) => ({
  name: String(Properties.Name),
  queryString: String(Properties.QueryString),
  groups: (Properties.LogGroupNames as unknown[]).map(group => stack.nameOf(group)),
}));

describe('the saved queries', () => {
  test('are the recipes of the documentation, each on the log groups that know', () => {
    expect(recipes.length).toBeGreaterThan(5);
    const groups = ['/aws/lambda/relayq-dev-route', '/aws/lambda/relayq-dev-deliver'];
    expect(saved).toEqual(
      recipes.map(recipe => ({
        name: `relayq/dev/${recipe.asks}`,
        queryString: recipe.query.replaceAll(' | ', '\n| '),
        groups: recipe.both ? groups : groups.slice(1),
      })),
    );
  });

  test('leave out no query that a page has in another form', () => {
    const found = pages.flatMap(page => queriesIn(textOf(page)));
    expect(found).toHaveLength(recipes.length);
  });

  test('are plain ASCII, as CloudFormation may show other characters as question marks', () => {
    for (const {name, queryString} of saved) expect(name + queryString).toMatch(/^[\n\x20-\x7e]+$/);
  });
});

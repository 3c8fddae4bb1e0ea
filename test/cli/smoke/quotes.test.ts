// What the documentation guesses of AWS is a belief of `relayq smoke`, and what that quotes is in the documentation.

import {globSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {steps} from '../../../cli/smoke/steps.ts';
import {projectRoot} from '../../global-setup.ts';

const beliefs = steps.flatMap(step => step.beliefs.map(belief => ({step: step.name, ...belief})));

/** Lines may be broken elsewhere. */
const textOf = async (page: string): Promise<string> =>
  (await readFile(join(projectRoot, 'docs', page), 'utf8')).replaceAll(/\s+/g, ' ');

test('each belief has an ID of its own, below its step', () => {
  const ids = beliefs.map(({id}) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(beliefs.filter(({id, step}) => !id.startsWith(`${step}/`))).toEqual([]);
});

test('each quote is in the documentation', async () => {
  const quotes = beliefs.flatMap(({quotes = []}) => quotes);
  const found = await Promise.all(quotes.map(async ({page, text}) => (await textOf(page)).includes(text)));
  expect(quotes.filter((_, index) => !found[index])).toEqual([]);
});

/** How a guess is worded. */
const guess = /not documented|taken to be|none was measured on AWS|is assumed|is not tested/g;
/** These are about something else than AWS. */
const others = ['not documented there. Objects such as'];

test('each guess in the documentation is a belief', async () => {
  const unknown: string[] = [];
  for (const page of globSync('*.md', {cwd: join(projectRoot, 'docs')})) {
    let text = await textOf(page);
    const known = [
      ...beliefs
        .flatMap(({quotes = []}) => quotes.filter(quote => quote.page === page))
        .map(({text}) => text),
      ...others,
    ];
    for (const each of known) text = text.replaceAll(each, '');
    for (const [words] of text.matchAll(guess)) unknown.push(`${page}: ${words}`);
  }
  expect(unknown).toEqual([]);
});

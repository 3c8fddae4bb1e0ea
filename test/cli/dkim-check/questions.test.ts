// A DNS that is hostile or silent: answers are bounded, and so is the time.

import {expect, test} from 'vitest';
import {spfSectionOf} from '../../../cli/dkim-check/spf-section.ts';
import {asking, stringsOf, wordsOf} from './questions-under-test.ts';

test('a server that is silent is waited for as long as the whole check may take', async () => {
  const zone = {'example.org': 'silence', 'example.net': 'silence'} as const;
  const answers = await asking(
    zone,
    async questions => [await questions.txt('example.org'), await questions.addresses('example.net')],
    50,
  );
  expect(answers.map(({kind}) => kind)).toEqual(['unknown', 'unknown']);
});

test('each question is asked once, and no more than some hundreds', async () => {
  const answers = await asking({}, async questions => {
    const same = await Promise.all([questions.txt('a.example'), questions.txt('A.example')]);
    expect(same[0]).toEqual(same[1]);
    return Promise.all(Array.from({length: 400}, (_, at) => questions.ask(`n${at}.example`, 'A')));
  });
  expect(answers.filter(({kind}) => kind === 'unknown').length).toBeGreaterThan(90);
});

test.each([
  'a..example',
  `${'a'.repeat(64)}.example`,
  `${'a.'.repeat(150)}example`,
  'a b.example',
  'a\\.example',
  '',
  'ä.example',
])('%j is no name that is asked for', async name => {
  expect(await asking({}, questions => questions.ask(name, 'A'))).toEqual({kind: 'none', exists: false});
});

test('what is no DNS message is no answer', async () => {
  const answer = await asking({'example.org': 'junk'}, questions => questions.txt('example.org'), 5000);
  expect(answer.kind).toBe('unknown');
});

test('records that lead to ever new ones are not followed for long', async () => {
  const includes = Array.from({length: 60}, (_, at) => `include:i${at}.example.org`).join(' ');
  const record = `v=spf1 ${includes.slice(0, 900)} -all`;
  const names = Array.from({length: 60}, (_, at) => `i${at}.example.org`);
  const zone = Object.fromEntries(['example.org', ...names].map(name => [name, {TXT: [stringsOf(record)]}]));
  const origin = {addresses: ['192.0.2.1'], smarthost: undefined, helo: 'mail.example.org'};
  const {findings, drawing = []} = await asking(zone, questions =>
    spfSectionOf('example.org', 'a@example.org', origin, questions),
  );
  const words = wordsOf(findings);
  expect(words.join('\n')).toMatch(/needs [0-9]+ lookups where receivers make 10/);
  expect(words.length).toBeLessThan(30);
  expect(drawing.at(-1)).toMatch(/^… and [0-9]+ more$/);
});

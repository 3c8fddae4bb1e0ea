// The rules against replies of the real world. Those that were apart while the rules were written are only counted: a rule that is
// made for one of them would spoil the measurement. docs/classes.md has the numbers.

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {bounceClasses} from '../../../shared/classes/bounce-class.ts';
import {projectRoot} from '../../global-setup.ts';
import {knownReplies} from './reply-table.ts';
import {givenClassOf, repliesOf, scoreTable} from './score.ts';

test.each(repliesOf('known'))('%s %s %s is %s', (...reply) => {
  expect(givenClassOf(reply)).toBe(reply[3]);
});

describe('the table', () => {
  test('has each reply once, each with its source', () => {
    const texts = knownReplies.map(([code, status, text]) => `${code} ${status} ${text}`);
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
    expect(knownReplies.filter(([, , , , source]) => source === '')).toEqual([]);
  });

  test('has every class that a reply can have, in both parts', () => {
    const expected = bounceClasses.filter(name => name !== 'expired');
    const classesOf = (part: 'known' | 'apart') => new Set(repliesOf(part).map(reply => reply[3]));
    expect([...classesOf('known').union(classesOf('apart'))].sort()).toEqual([...expected].sort());
  });

  test('has a third of its replies apart, near enough', () => {
    const share = repliesOf('apart').length / knownReplies.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.42);
  });
});

test('the page has the numbers of today', async () => {
  const page = await readFile(join(projectRoot, 'docs/classes.md'), 'utf8');
  expect(page).toContain(scoreTable());
});

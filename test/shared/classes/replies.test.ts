// The rules against replies of the real world. Those that were apart while the rules were written are only counted: a rule that is
// made for one of them would spoil the measurement. docs/classes.md has the numbers.

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {bounceClasses} from '../../../shared/classes/bounce-class.ts';
import {projectRoot} from '../../global-setup.ts';
import {replies} from './reply-table.ts';
import {givenClassOf, scoreTable} from './score.ts';

/** Their words say something else than their receivers do. */
const untold = ['piWs1j0010jif policy violation'];

test.each(replies.known.map(reply => ({reply})))('$reply', ({reply}) => {
  expect(givenClassOf(reply) === reply[3]).toBe(!untold.includes(reply[2]));
});

describe('the table', () => {
  test('has each reply once, each with its source', () => {
    const all = [...replies.known, ...replies.apart];
    const texts = all.map(([code, status, text]) => `${code} ${status} ${text}`);
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
    expect(all.filter(([, , , , source]) => source === '')).toEqual([]);
  });

  test('has every class that a reply can have', () => {
    const expected = bounceClasses.filter(name => name !== 'expired');
    expect([...new Set(replies.known.map(reply => reply[3]))].sort()).toEqual([...expected].sort());
  });
});

test('the page has the numbers of today', async () => {
  const page = await readFile(join(projectRoot, 'docs/classes.md'), 'utf8');
  expect(page).toContain(scoreTable());
});

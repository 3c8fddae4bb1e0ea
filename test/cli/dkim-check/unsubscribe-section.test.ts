// One-click unsubscribe of a text: a hint, never an error.

import {expect, test} from 'vitest';
import {unsubscribeSectionOf} from '../../../cli/dkim-check/unsubscribe-section.ts';
import {dkimFieldsOf} from '../../../shared/dkim/signature.ts';
import {rsaKey} from '../../shared/dkim/keys-under-test.ts';

const where = 'List-Unsubscribe: <mailto:out@example.org>,\r\n <https://example.org/out?x=1>';
const click = 'List-Unsubscribe-Post: List-Unsubscribe=One-Click';
const textOf = (...fields: readonly string[]) =>
  ['From: a@example.org', ...fields, '', 'text', ''].join('\r\n');

test.each<[string, readonly string[], string]>([
  ['good', [where, click], 'one click will do, and a signature covers it'],
  ['hint', [], 'is not there: bulk mail wants'],
  ['hint', [click], 'is not there, though List-Unsubscribe-Post is'],
  ['hint', [where], 'is not a matter of one click'],
  ['hint', ['List-Unsubscribe: <mailto:out@example.org>', click], 'has no https URI'],
  ['hint', ['List-Unsubscribe: <http://example.org>', click], 'has no https URI'],
  ['hint', ['List-Unsubscribe: https://example.org', click], 'has no URI in angle brackets'],
  ['hint', [where, 'List-Unsubscribe-Post: yes'], 'does not say List-Unsubscribe=One-Click'],
  ['hint', [where, click, click], 'List-Unsubscribe-Post is there more than once'],
  ['hint', [where, where, click], 'is there more than once'],
])('%s: %j', (grade, fields, words) => {
  const [finding] = unsubscribeSectionOf(textOf(...fields), true).findings;
  expect(finding).toMatchObject({grade, what: 'List-Unsubscribe', is: expect.stringContaining(words)});
});

test('a signature has to cover both: one of a stored key, or of the text itself', () => {
  const text = textOf(where, click);
  const dataOf = (given: string, isSigned: boolean) => unsubscribeSectionOf(given, isSigned).data;
  expect(dataOf(text, true)).toEqual({oneClick: true, covered: true});
  expect(dataOf(text, false)).toEqual({oneClick: true, covered: false});
  expect(dataOf(dkimFieldsOf(text, [{key: rsaKey}], Date.now()) + text, false)).toEqual({
    oneClick: true,
    covered: true,
  });
  expect(dataOf(`DKIM-Signature: v=1; h=from:subject; b=x\r\n${text}`, false)).toMatchObject({
    covered: false,
  });
});

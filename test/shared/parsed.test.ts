import {expect, test} from 'vitest';

import {problemsText} from '../../shared/parsed.ts';

test('problems make one line, each behind its path', () => {
  const problems = [
    {path: 'recipient', problem: 'is missing'},
    {path: '', problem: 'is odd'},
  ];
  expect(problemsText(problems)).toBe('recipient is missing; the message is odd');
});

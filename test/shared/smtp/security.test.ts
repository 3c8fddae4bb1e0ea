import {expect, test} from 'vitest';
import {securityLevels, strictestOf} from '../../../shared/smtp/security.ts';

test('the levels rise from optional to verified, and the stricter of two is the later one', () => {
  expect(securityLevels).toEqual(['optional', 'opportunistic', 'required', 'verified']);
  for (const [i, a] of securityLevels.entries())
    for (const [j, b] of securityLevels.entries())
      expect(strictestOf(a, b), `${a} and ${b}`).toBe(securityLevels[Math.max(i, j)]);
});

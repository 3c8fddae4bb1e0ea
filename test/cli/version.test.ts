import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {nodeProblemOf, version} from '../../cli/command/version.ts';
import {projectRoot} from '../global-setup.ts';

it('is that of package.json', () => {
  expect(version).toBe(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')).version);
});

it.each(['22.12.0', '22.12.1', '22.13.0', '23.0.0', '24.21.0', '100.0.0'])('runs on Node.js %s', given => {
  expect(nodeProblemOf(given)).toBeUndefined();
});

it.each(['22.11.9', '20.20.2', '18.19.1', '9.99.0'])('says what it needs on Node.js %s', given => {
  expect(nodeProblemOf(given)).toBe(`relayq needs Node.js 22.12 or later; this is ${given}`);
});

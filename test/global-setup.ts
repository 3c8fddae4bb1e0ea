// Synthesises the stack once, before the tests that run it on the local cloud.

import {fileURLToPath} from 'node:url';
import {synthesise} from '../local/synthesis.ts';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

export default async function setup(): Promise<void> {
  await synthesise(projectRoot, {stage: 'local'});
}

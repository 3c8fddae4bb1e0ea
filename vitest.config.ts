import {availableParallelism} from 'node:os';
import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';
import {SlowFirst} from './test/slow-first.ts';

/** These files change nothing that another one would see: they share workers, and load what they need once. */
const pure = ['test/shared/**/*.test.ts', 'test/cdk/**/*.test.ts'];
/** Of those, what needs a process of its own: Node.js has no whole `tls` where others have loaded parts of it first. */
const apart = ['test/shared/smtp/cipher-suite.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {extends: true, test: {name: 'pure', include: pure, exclude: apart, isolate: false}},
      {extends: true, test: {name: 'others', include: ['test/**/*.test.ts'], exclude: pure}},
      {extends: true, test: {name: 'apart', include: apart}},
    ],
    globalSetup: './test/global-setup.ts',
    reporters: ['default', './test/plain-summary.ts'],
    // Limits are there for what hangs: no machine is so slow that it needs them.
    testTimeout: 600_000,
    hookTimeout: 900_000,
    expect: {poll: {timeout: 300_000}},
    // Programs that tests start compile what they load once, and not each time.
    env: {NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/tests', import.meta.url))},
    pool: 'forks',
    sequence: {sequencer: SlowFirst},
    // Most of what tests do is waiting. Eight at most, as each may have a cloud of many processes.
    maxWorkers: Math.min(2 * availableParallelism(), 8),
  },
});

import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';
import {SlowFirst} from './test/slow-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: './test/global-setup.ts',
    reporters: ['default', './test/plain-summary.ts'],
    // Limits are there for what hangs: no machine is so slow that it needs them.
    testTimeout: 600_000,
    hookTimeout: 900_000,
    expect: {poll: {timeout: 300_000}},
    pool: 'forks',
    sequence: {sequencer: SlowFirst},
    // Most of what tests do is waiting. Eight at most, as each may have a cloud of many processes.
    maxWorkers: Math.min(2 * availableParallelism(), 8),
  },
});

// How functions are bundled for Lambda, whatever is in them.

import type {BuildOptions} from 'esbuild';

export const bundleOptions = {
  bundle: true,
  platform: 'node',
  // An ES module that imports node:http loads Node's fetch and WebSocket with it: 8 ms of a cold start, and more on a
  // part of a core. require() does not, and Lambda's own runtime uses it.
  format: 'cjs',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
} as const satisfies BuildOptions;

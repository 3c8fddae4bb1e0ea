#!/usr/bin/env node
// `relayq`: see and steer a stage from a terminal.

import {nodeProblemOf} from './command/version.ts';

const problem = nodeProblemOf(process.versions.node);
if (problem === undefined) {
  // Only now: a Node.js that is too old would fail at what these import.
  const {runRelayq} = await import('./command/run.ts');
  const {commandsFor} = await import('./commands.ts');
  process.exitCode = await runRelayq(commandsFor, process.argv.slice(2));
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

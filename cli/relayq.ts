#!/usr/bin/env node
// `relayq`: see and steer a stage from a terminal.

import {runRelayq} from './command/run.ts';
import {commands} from './commands.ts';

process.exitCode = await runRelayq(commands, process.argv.slice(2));

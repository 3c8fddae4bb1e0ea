// The console for the local cloud. Mail goes on without it.

import {contextOf} from '../command/context.ts';
import {type RunningConsole, startConsole} from '../console/console-server.ts';
import {PageFiles} from '../console/page-files.ts';
import {quietTerminal} from '../console/quiet-terminal.ts';

export interface LocalCloud {
  readonly stage: string;
  readonly region: string;
  readonly endpointUrl: string;
}

export function startLocalConsole(cloud: LocalCloud, port: number | undefined): Promise<RunningConsole> {
  const options = {...cloud, json: false, yes: true, readOnly: false, input: false, local: false};
  const parts = {
    terminal: quietTerminal([]),
    // Whatever of AWS somebody is logged in to has nothing to do with it.
    env: {},
    signal: new AbortController().signal,
    now: Date.now,
  };
  return startConsole({context: contextOf(options, parts), port, page: new PageFiles()});
}

// The command line of `npm start`, and the variables that it reads.

import {parseArgs} from 'node:util';

export interface StartOptions {
  readonly port: number;
  readonly sinkPort: number;
  /** Undefined for the usual one, or any where that is in use. */
  readonly consolePort: number | undefined;
  readonly dataDirectory?: string;
  readonly help: boolean;
}

export const usage = `Usage: npm start -- [OPTIONS]

Runs relayq on this machine: SQS, SSM, DynamoDB, Lambda, CloudWatch and STS at 127.0.0.1:4566, and a sink that takes all
mail at 127.0.0.1:2525.

  --data DIR             keeps queues, parameters, tables, logs and mail in DIR; without it, nothing survives a restart
  --help

  RELAYQ_PORT            another port than 4566; 0 for any free one
  RELAYQ_SINK_PORT       another port than 2525
  RELAYQ_CONSOLE_PORT    another port for the console than 4580, or any where that is in use
  RELAYQ_LOG=all         shows everything that the functions print
  NO_COLOR=1             no colours
`;

const hint = 'see npm start -- --help';

/** @throws Error in one line */
export function parseStartOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions {
  const {data, help = false} = parse(args);
  if (data === '') throw new Error(`--data: name a directory; ${hint}`);
  return {
    port: portOf(env, 'RELAYQ_PORT', 4566),
    sinkPort: portOf(env, 'RELAYQ_SINK_PORT', 2525),
    consolePort: env.RELAYQ_CONSOLE_PORT ? portOf(env, 'RELAYQ_CONSOLE_PORT', 0) : undefined,
    ...(data !== undefined && {dataDirectory: data}),
    help,
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {data: {type: 'string'}, help: {type: 'boolean', short: 'h'}} as const;
    return parseArgs({args: [...args], options}).values;
  } catch (error) {
    // The rest of the message says how to pass an argument that begins with a dash. No argument does.
    const [problem] = (error as Error).message.split(/[.\n]\s/, 1);
    throw new Error(`${problem}; ${hint}`);
  }
}

function portOf(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = env[name] || String(otherwise);
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error(`${name}: not a port: ${text}`);
  return port;
}

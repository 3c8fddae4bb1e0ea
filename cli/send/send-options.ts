// The command line of `npm run send`.

import {parseArgs} from 'node:util';
import {isStage} from '../../shared/names.ts';
import type {StageOptions} from '../aws/outbox.ts';
import type {EmlOptions} from './eml.ts';

export interface SendOptions extends StageOptions {
  readonly files: readonly string[];
  readonly wait: boolean;
  readonly dryRun: boolean;
  readonly timeoutSeconds: number;
  readonly help: boolean;
  readonly eml: EmlOptions;
}

/** What is wrong with the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `Usage: npm run send -- [OPTIONS] FILE...

Puts messages on the outbox. A FILE is JSON (one message, a list of them, or one a line), an .eml file, a folder
with such files at any depth, or - for stdin. The route function's rules are applied to all of them first.

  --stage NAME           local by default: what npm start runs, at port RELAYQ_PORT (4566) of 127.0.0.1;
                         of any other stage, AWS's usual credentials, region and endpoint are used
  --endpoint-url URL     the URL of SQS, instead
  --dry-run              checks the messages, prints a line for each and sends nothing; it needs no AWS
  --wait                 waits for the result of each message, and prints it
  --timeout SECONDS      how long to wait after the last one is sent, 60 by default
  --recipient ADDRESS    .eml: instead of To, Cc and Bcc; may be repeated
  --envelope ADDRESS     .eml: instead of x-mq-envelope, Return-Path, From or Sender; '<>' for none
  --help

An .eml file becomes one message for each recipient, without its Bcc fields.
Exit status: 0 when all messages are on the outbox (with --wait: accepted), 1 when not, 2 when the command
line, a file or a message is wrong; then nothing is sent.
`;

/** @throws UsageError */
export function parseSendOptions(args: readonly string[]): SendOptions {
  const {values, positionals} = parse(args);
  const stage = values.stage ?? 'local';
  if (!isStage(stage)) throw new UsageError(`--stage: not the name of a stage: ${JSON.stringify(stage)}`);
  const endpointUrl = values['endpoint-url'];
  if (endpointUrl !== undefined && !(/^https?:/.test(endpointUrl) && URL.canParse(endpointUrl)))
    throw new UsageError(`--endpoint-url: not a URL such as http://127.0.0.1:4566: ${endpointUrl}`);
  const timeoutSeconds = Number(values.timeout ?? 60);
  if (!(timeoutSeconds > 0 && timeoutSeconds <= 86_400))
    throw new UsageError(`--timeout: not a number of seconds up to 86400: ${values.timeout}`);
  const help = values.help ?? false;
  if (positionals.length === 0 && !help) throw new UsageError('no FILE given');
  return {
    files: positionals,
    stage,
    ...(endpointUrl !== undefined && {endpointUrl}),
    wait: values.wait ?? false,
    dryRun: values['dry-run'] ?? false,
    timeoutSeconds,
    help,
    eml: {
      ...(values.recipient !== undefined && {recipients: values.recipient}),
      ...(values.envelope !== undefined && {envelope: values.envelope}),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        stage: {type: 'string'},
        'endpoint-url': {type: 'string'},
        wait: {type: 'boolean'},
        'dry-run': {type: 'boolean'},
        timeout: {type: 'string'},
        recipient: {type: 'string', multiple: true},
        envelope: {type: 'string'},
        help: {type: 'boolean', short: 'h'},
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

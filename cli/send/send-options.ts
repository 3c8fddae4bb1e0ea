// The options of `relayq send`.

import {type Command, InvalidArgumentError} from 'commander';
import type {EmlOptions} from '../../submission/eml.ts';

export interface SendOptions {
  readonly wait?: boolean;
  readonly dryRun?: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly recipient?: readonly string[];
  readonly envelope?: string;
}

const longestTimeoutS = 86_400;

function timeoutOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= longestTimeoutS) return seconds;
  throw new InvalidArgumentError(`A number of seconds up to ${longestTimeoutS} is wanted.`);
}

const oneMore = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

export const addSendOptions = (command: Command): Command =>
  command
    .option(
      '--dry-run',
      'checks the messages, prints a line for each and sends nothing; it needs no AWS',
      false,
    )
    .option('--wait', 'waits for the result of each message, and prints it')
    .option('--timeout <seconds>', 'how long to wait after the last one is sent', timeoutOf, 60)
    .option('--recipient <address>', '.eml: instead of To, Cc and Bcc; may be repeated', oneMore)
    .option(
      '--envelope <address>',
      ".eml: instead of x-mq-envelope, Return-Path, From or Sender; '<>' for none",
    );

export const emlOptionsOf = ({recipient, envelope}: SendOptions): EmlOptions => ({
  ...(recipient !== undefined && {recipients: recipient}),
  ...(envelope !== undefined && {envelope}),
});

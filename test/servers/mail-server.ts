// What the tests know of a real mail server: how to be its client, and how to read the mail that it delivered.

import {readdir, readFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import type {Relay} from '../samples/relay-parameters.ts';

export interface ServerKind {
  readonly name: string;
  /** Why it cannot run on this machine; undefined when it can. */
  readonly missing: string | undefined;
  start(): Promise<MailServer>;
}

export interface MailServer {
  /** Where it takes mail as an MX host, on 127.0.0.1. */
  readonly mxPort: number;
  readonly smarthost: Relay;
  readonly sink: Relay;
  /** The same smarthost with TLS from the start. */
  readonly smtps?: Relay;
  /** Every file in here, at any depth, is a message; those in a `tmp` are not finished (maildir). */
  readonly mailDirectory: string;
  /** What the server puts at the end of a file. */
  readonly fileEnd?: string;
  stop(): Promise<void>;
}

export interface DeliveredMessage {
  /** The lines that servers put in front; the last server's come first. */
  readonly trace: string;
  /** The message below them, with LF at the line ends, as servers on Unix keep it. */
  readonly octets: Buffer;
  /** The same, as UTF-8. */
  readonly text: string;
}

/** Trace fields (RFC 5321 4.4), those that mailboxes add, and what smtp-sink writes of the envelope. */
const trace =
  /^(?:(?:Return-Path|Received|Delivered-To|Delivery-date|Envelope-to|X-Original-To|X-(?:Client|Helo|Mail|Rcpt)-\w+):.*\n(?:[ \t].*\n)*)*/i;

/** The messages that hold a text of ASCII, once there are `count` of them. */
export async function messagesWith(
  text: string,
  {mailDirectory, fileEnd = ''}: MailServer,
  count = 1,
  withinMs = 300_000,
): Promise<DeliveredMessage[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const entries = await readdir(mailDirectory, {recursive: true, withFileTypes: true});
    const files = entries.filter(entry => entry.isFile() && basename(entry.parentPath) !== 'tmp');
    const contents = await Promise.all(
      files.map(({parentPath, name}) => readFile(join(parentPath, name), 'latin1')),
    );
    const found = contents.filter(content => content.includes(text) && content.endsWith(`\n${fileEnd}`));
    if (found.length >= count)
      return found.map(content => parted(content.slice(0, -fileEnd.length || undefined)));
    if (Date.now() > deadline) throw new Error(`${found.length} of ${count} messages with ${text}`);
    await delay(20);
  }
}

/** @param content an octet is a character */
function parted(content: string): DeliveredMessage {
  const [head] = trace.exec(content)!;
  const octets = Buffer.from(content.slice(head.length), 'latin1');
  return {trace: head, octets, text: octets.toString()};
}

// What is to be explained: a message of a file, or one that says nothing but its recipient.

import type {JsonObject} from '../../shared/json.ts';
import {parseMailbox} from '../../shared/smtp/address.ts';
import {UsageError} from '../command/problems.ts';
import {
  type FileMessage,
  FileProblem,
  isEmlFile,
  messageBodyOf,
  parseMessageFile,
} from '../send/message-files.ts';
import {octetsOfFile} from '../send/source-files.ts';

export interface Subject {
  /** As the outbox would have it. */
  readonly body: string;
  /** The same, before it was written as text. */
  readonly message: JsonObject;
  /** The file that it is from. */
  readonly source?: string;
  /** No recipient was given, but the domain of all of them. */
  readonly isDomain: boolean;
}

/** Any address will do: it is only the lane that depends on it. */
const somebodyAt = (domain: string): string => `postmaster@${domain}`;

/** @throws UsageError */
export async function subjectOf(who: string | undefined, file: string | undefined): Promise<Subject> {
  if (file !== undefined) return subjectOfFile(who, file);
  if (who === undefined) throw new UsageError('a recipient or a domain is wanted, or --message FILE');
  return subjectTo(who);
}

/** @param who an address or a domain @throws UsageError */
export function subjectTo(who: string): Subject {
  const isDomain = !who.includes('@');
  const recipient = addressOf(isDomain ? somebodyAt(who) : who);
  const message = {recipient, mime: 'Subject: explain\r\n\r\n'};
  return {body: JSON.stringify(message), message, isDomain};
}

function addressOf(text: string): string {
  const parsed = parseMailbox(text);
  if (parsed.ok) return parsed.value.address;
  throw new UsageError(`${JSON.stringify(text)} ${parsed.problem}`);
}

/** @throws UsageError where it is too large */
export function subjectOfMessage(message: JsonObject): Subject & {readonly source: string} {
  const source = 'the message';
  try {
    return {body: messageBodyOf({source, message}), message, source, isDomain: false};
  } catch (error) {
    throw inWords(error);
  }
}

const inWords = (error: unknown): unknown =>
  error instanceof FileProblem ? new UsageError(error.message) : error;

async function subjectOfFile(who: string | undefined, file: string): Promise<Subject> {
  const recipient = who === undefined ? undefined : addressOf(who);
  try {
    const octets = await octetsOfFile(file);
    const isEml = isEmlFile(file, octets);
    const options = isEml && recipient !== undefined ? {recipients: [recipient]} : {};
    const one = chosen(parseMessageFile(file, octets, options), file, recipient);
    return {body: messageBodyOf(one), message: one.message, source: one.source, isDomain: false};
  } catch (error) {
    throw inWords(error);
  }
}

/** The message to the recipient; where there is but one, that one, to whomever is asked about. */
function chosen(messages: readonly FileMessage[], file: string, recipient: string | undefined): FileMessage {
  const isTo = ({message}: FileMessage) => {
    const given = typeof message.recipient === 'string' ? message.recipient : '';
    return recipient === undefined || given.toLowerCase() === recipient.toLowerCase();
  };
  const fitting = messages.filter(isTo);
  if (fitting.length === 1) return fitting[0]!;
  const [only, ...others] = messages;
  if (only !== undefined && others.length === 0)
    return {...only, message: {...only.message, recipient: recipient!}};
  const which = fitting.length === 0 ? `none of them is to ${recipient}` : 'say whose is meant';
  throw new UsageError(`${file} has ${messages.length} messages: ${which}`);
}

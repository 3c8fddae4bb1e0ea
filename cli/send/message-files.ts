// The messages in files: JSON (one object, an array, or one object a line) and .eml. No file is read here, and no message is
// judged: check-message.ts does that.

import {isUtf8} from 'node:buffer';
import {maxMessageOctets} from '../../shared/delivery/result.ts';
import {bodyOf, isJsonObject, type JsonObject, octetsOf, parseJson, surveyOf} from '../../shared/json.ts';
import {type EmlOptions, messagesOfEml} from '../../submission/eml.ts';
import {offsetOfError, placeOf} from './json-place.ts';

export interface FileMessage {
  /** The file, and the place in it where it holds several messages. */
  readonly source: string;
  readonly message: JsonObject;
}

/** What is wrong with a file, for its author to put right. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';

  constructor(source: string, problem: string) {
    super(`${source}: ${problem}`);
  }
}

/**
 * The messages of a file.
 * @param name where its ending is unknown, and for `-`, the first character of the file tells what it is
 * @throws FileProblem
 */
export function parseMessageFile(name: string, octets: Buffer, options: EmlOptions = {}): FileMessage[] {
  const source = name === '-' ? 'stdin' : name;
  const eml = isEmlFile(name, octets);
  const text = textOf(source, octets, eml);
  if (text.trim() === '') throw new FileProblem(source, 'is empty');
  if (eml) {
    const parsed = messagesOfEml(text, options);
    if (!parsed.ok) throw new FileProblem(source, parsed.problem);
    const one = parsed.value.length === 1;
    return parsed.value.map(message => ({
      source: one ? source : `${source}, to ${message.recipient}`,
      message,
    }));
  }
  if (options.recipients !== undefined || options.envelope !== undefined) {
    throw new FileProblem(
      source,
      'is JSON, which has its own recipient and envelope; the flags are for .eml',
    );
  }
  return messagesOfJson(source, text);
}

/** The message as the outbox takes it. @throws FileProblem when it is too large */
export function messageBodyOf({source, message}: FileMessage): string {
  const body = bodyOf(message);
  const octets = octetsOf(body);
  if (octets > maxMessageOctets) {
    throw new FileProblem(
      source,
      `takes up ${octets.toLocaleString('en')} octets as JSON; at most ${maxMessageOctets.toLocaleString('en')} fit into the queue`,
    );
  }
  return body;
}

/** Else it is JSON, or nothing that can be read. */
export function isEmlFile(name: string, octets: Buffer): boolean {
  if (/\.eml$/i.test(name)) return true;
  if (/\.(?:json|jsonl|ndjson)$/i.test(name)) return false;
  // The name of a header field could begin like that (RFC 5322 2.2), but in no mail it does.
  return !/^\ufeff?\s*[[{]/.test(octets.toString('utf8', 0, 4096));
}

function textOf(source: string, octets: Buffer, eml: boolean): string {
  if (isUtf8(octets)) return new TextDecoder('utf-8').decode(octets);
  const again = Buffer.from(octets.toString('utf8'), 'utf8');
  const offset = octets.findIndex((octet, index) => octet !== again[index]);
  const {line} = placeOf(octets.toString('latin1'), offset);
  throw new FileProblem(
    source,
    eml
      ? `is not UTF-8 (line ${line}), and a JSON string cannot carry other octets: encode the text as quoted-printable or base64`
      : `is not UTF-8 (line ${line})`,
  );
}

/** Deeper than a message may be, and far from where recursion fails. */
const maxDepth = 1000;

function messagesOfJson(source: string, text: string): FileMessage[] {
  if (surveyOf(text).depth > maxDepth) throw new FileProblem(source, `is nested more than ${maxDepth} deep`);
  const whole = readJson(text);
  if (whole.ok) {
    if (!Array.isArray(whole.value)) return [{source, message: objectOf(source, whole.value)}];
    if (whole.value.length === 0) throw new FileProblem(source, 'is an empty list: it holds no message');
    return whole.value.map((item, index) => {
      const place = `${source}, message ${index + 1}`;
      return {source: place, message: objectOf(place, item)};
    });
  }
  const lines = text.split('\n');
  const first = lines.find(line => line.trim() !== '')!;
  // If its first line is JSON by itself, the file is meant to hold one object a line.
  if (!readJson(first).ok) {
    const {line, column} = placeOf(text, whole.offset);
    throw new FileProblem(source, `is not JSON: see line ${line}, column ${column}`);
  }
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const place = `${source}, line ${index + 1}`;
    const parsed = readJson(line);
    if (parsed.ok) return [{source: place, message: objectOf(place, parsed.value)}];
    throw new FileProblem(place, `is not JSON: see column ${parsed.offset + 1}`);
  });
}

function readJson(text: string): {ok: true; value: unknown} | {ok: false; offset: number} {
  try {
    return {ok: true, value: parseJson(text)};
  } catch {
    return {ok: false, offset: offsetOfError(text)};
  }
}

function objectOf(source: string, value: unknown): JsonObject {
  if (isJsonObject(value)) return value;
  throw new FileProblem(source, 'is not a message: it must be an object with recipient, mime, …');
}

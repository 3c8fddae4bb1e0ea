// What a request carries: JSON, and no more than a message takes up.

import type {IncomingMessage} from 'node:http';
import {isJsonObject, type JsonObject, parseJson, surveyOf} from '../../shared/json.ts';
import {ConsoleProblem} from './console-problem.ts';

/** The largest message, and what stands around it. */
const mostOctets = 1_048_576 + 16_384;
/** Deeper than a message may be, and far from where recursion fails. */
const mostDepth = 1000;

/** @throws ConsoleProblem */
export async function readBody(request: IncomingMessage): Promise<JsonObject> {
  const type = request.headers['content-type'] ?? '';
  // A form of another page could not send this type.
  if (!/^application\/json(?:\s*;|$)/i.test(type))
    throw new ConsoleProblem('invalid', 'the content type is not application/json', {}, 415);
  const text = await textOf(request);
  if (surveyOf(text).depth > mostDepth)
    throw new ConsoleProblem('invalid', `what was sent is nested more than ${mostDepth} deep`);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw new ConsoleProblem('invalid', 'what was sent is not JSON');
  }
  if (isJsonObject(value)) return value;
  throw new ConsoleProblem('invalid', 'what was sent is not a JSON object');
}

async function textOf(request: IncomingMessage): Promise<string> {
  const tooLarge = () =>
    new ConsoleProblem('invalid', `what was sent has more than ${mostOctets} octets`, {}, 413);
  if (Number(request.headers['content-length'] ?? 0) > mostOctets) throw tooLarge();
  const chunks: Buffer[] = [];
  let octets = 0;
  // What is left of it would be cut off, and the answer with it.
  for await (const chunk of request.iterator({destroyOnReturn: false})) {
    octets += (chunk as Buffer).length;
    if (octets > mostOctets) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(Buffer.concat(chunks));
  } catch {
    throw new ConsoleProblem('invalid', 'what was sent is not UTF-8');
  }
}

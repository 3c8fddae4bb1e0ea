// CBOR as Smithy's RPC v2 writes it (smithy.io, "Smithy RPC v2 CBOR protocol"): a time is tag 1, in seconds.

import {decode, encode, Token, Type} from 'cborg';
import {isJsonObject} from '../json.ts';
import {malformed} from './json-protocol.ts';

const timeTag = 1;

export const cborOf = (value: unknown): Uint8Array =>
  encode(value, {
    ignoreUndefinedProperties: true,
    typeEncoders: {
      Date: (time: Date) => [new Token(Type.tag, timeTag), new Token(Type.float, time.getTime() / 1000)],
    },
  });

/** Times become numbers of seconds, as JSON has them. */
export function parseCborInput(body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {};
  let input: unknown;
  try {
    input = decode(body, {tags: {[timeTag]: content => content()}});
  } catch (error) {
    throw malformed((error as Error).message);
  }
  if (!isJsonObject(input)) throw malformed('Start of structure or map found where not expected.');
  return input;
}

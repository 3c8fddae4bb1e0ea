// The log line of an accepted message, as short as it can be: each octet of each line is paid for. It leaves out what goes
// without saying, and what an earlier line says of the same connection. Whoever reads lines puts that in again.

import {type JsonObject, omit} from '../json.ts';

/** What an accepted message has unless its line says otherwise. Its first attempt is told from its `arrived`. */
const usual: JsonObject = {code: 250, status: '2.0.0', attempt: 1};

/** What is the same for all messages of a connection. A sink may be the server of a smarthost: `hop` is not. */
export const connectionFields = [
  'mta',
  'from',
  'to',
  'cipher',
  'verified',
  'authentication',
  'policy',
] as const;

/** Nobody asks for the place on the connection where it went well. */
const unasked = ['messages'] as const;

/**
 * @param fields of an accepted message
 * @param isKnown whether a line before has told the connection
 */
export function shortFields(fields: JsonObject, isKnown: boolean): JsonObject {
  const said = Object.entries(usual).flatMap(([name, value]) => (fields[name] === value ? [name] : []));
  return omit(fields, [...said, ...unasked, ...(isKnown ? connectionFields : [])]);
}

/** @param line of the log, of this version or of one before */
export const restoredLine = (line: JsonObject): JsonObject =>
  line.message === 'attempt' && line.fate === 'accepted' ? {...usual, ...line} : line;

/** The connection whose facts another line has. */
export function connectionOf(line: JsonObject): string | undefined {
  const {connection, to} = line;
  return typeof connection === 'string' && to === undefined ? connection : undefined;
}

// Regular expressions of queries. RE2's algorithm takes a time that is linear in the text, whatever the expression: one
// that would keep JavaScript's own busy for hours cannot hang the cloud. It has no lookaround and no back references.

import {RE2JS, RE2JSException} from 're2js';
import {MalformedQuery} from './malformed-query.ts';
import type {Token} from './tokens.ts';

/** The time is linear in this too: `(…){1000}` is a thousand copies. */
const maximumInstructions = 2000;

export interface RegularExpression {
  isFoundIn(text: string): boolean;
  readonly groupNames: readonly string[];
  /** What the named groups hold where it is found first; undefined where it is not found. */
  groupsIn(text: string): ReadonlyMap<string, string> | undefined;
}

/** @throws MalformedQuery */
export function parseRegularExpression(token: Token): RegularExpression {
  const compiled = compile(token);
  const names = Object.keys(compiled.namedGroups());
  return {
    isFoundIn: text => compiled.matcher(text).find(),
    groupNames: names,
    groupsIn(text) {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return new Map(names.map(name => [name, matcher.group(name) ?? ''] as const));
    },
  };
}

function compile(token: Token): RE2JS {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(token.text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new MalformedQuery(error.message, token);
  }
  if (compiled.programSize() > maximumInstructions)
    throw new MalformedQuery('the regular expression is too large, as it repeats too much', token);
  return compiled;
}

// The words of a query: its text, cut into tokens in one pass.

import {MalformedQuery, type Place} from './malformed-query.ts';

export interface Token extends Place {
  /** A `field` stands in backticks. A word is a field, a keyword or a function, whatever its place makes of it. */
  readonly kind: 'word' | 'field' | 'text' | 'number' | 'regex' | 'symbol' | 'end';
  /** Without quotes. */
  readonly text: string;
}

/** The first one that matches is the token. */
const shapes: readonly (readonly [Token['kind'] | 'nothing', RegExp])[] = [
  ['nothing', /\s+|#[^\n]*/y],
  ['number', /-?\d+(?:\.\d+)?(?![\w.@])/y],
  // "Any log field named in a query that has characters other than the @ sign, the period, and alphanumeric
  // characters must be surrounded by backtick characters." An underscore needs none.
  ['word', /[\w@.]+/y],
  ['field', /`([^`]+)`/y],
  ['text', /"([^"\\]*(?:\\.[^"\\]*)*)"/sy],
  ['text', /'([^'\\]*(?:\\.[^'\\]*)*)'/sy],
  ['regex', /\/((?:[^/\\\n]|\\.)+)\//y],
  ['symbol', /!=|<=|>=|=~|[|()[\],=<>*]/y],
];

export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < query.length; ) {
    const [kind, match] = tokenAt(query, start);
    const end = start + match[0].length;
    if (kind !== 'nothing') tokens.push({kind, text: textOf(kind, match), start, end});
    start = end;
  }
  return [...tokens, {kind: 'end', text: '', start: query.length, end: query.length}];
}

function tokenAt(query: string, start: number): readonly [Token['kind'] | 'nothing', RegExpExecArray] {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = start;
    const match = shape.exec(query);
    if (match !== null) return [kind, match];
  }
  const found = JSON.stringify(query[start]);
  const isQuote = /^["'`/]$/.test(query[start] ?? '');
  throw new MalformedQuery(isQuote ? `${found} is not closed` : `unexpected character ${found}`, {
    start,
    end: start + 1,
  });
}

function textOf(kind: Token['kind'], [whole, content]: RegExpExecArray): string {
  if (kind === 'text') return (content ?? '').replaceAll(/\\(["'\\])/g, '$1');
  return content ?? whole;
}

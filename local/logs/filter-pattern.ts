// The pattern language of CloudWatch Logs ("Filter pattern syntax for metric filters, subscription filters, filter log
// events, and Live Tail"): a pattern becomes a predicate of messages. Terms and JSON patterns are known; patterns for
// space-delimited events and regular expressions are refused.

import {isJsonObject, type Json, type JsonObject} from '../json.ts';

/** Its message is for the person who wrote the pattern, in AWS's words where there are any. */
export class InvalidFilterPattern extends Error {}

export type Matcher = (message: string) => boolean;

/** @throws InvalidFilterPattern */
export function parseFilterPattern(pattern: string): Matcher {
  const text = pattern.trim();
  if (text.startsWith('{')) return parseJsonPattern(text);
  if (text.startsWith('[')) throw notHere('patterns for space-delimited events');
  if (text.startsWith('%')) throw notHere('regular expressions');
  return parseTerms(text);
}

const notHere = (what: string) => new InvalidFilterPattern(`The local CloudWatch Logs has no ${what}`);

/** Quotes may hold anything; `"` and `\` stand behind a backslash. */
const quoted = /"((?:[^"\\]|\\.)+)"/;
const unescaped = (text: string) => text.replaceAll(/\\(.)/g, '$1');

const term = new RegExp(`([-?]?)(?:${quoted.source}|(\\w+))(?:\\s+|$)`, 'y');

function parseTerms(text: string): Matcher {
  const included: string[] = [];
  const excluded: string[] = [];
  const optional: string[] = [];
  for (term.lastIndex = 0; term.lastIndex < text.length; ) {
    const rest = text.slice(term.lastIndex);
    const [found, sign, phrase, word] = term.exec(text) ?? [];
    if (found === undefined) throw invalidTerm(rest);
    const list = sign === '-' ? excluded : sign === '?' ? optional : included;
    list.push(word ?? unescaped(phrase ?? ''));
  }
  // Next to other terms, those with a question mark are ignored ("Match any term").
  const isAnyOptional = optional.length > 0 && included.length + excluded.length === 0;
  return message =>
    isAnyOptional
      ? optional.some(each => message.includes(each))
      : included.every(each => message.includes(each)) && !excluded.some(each => message.includes(each));
}

/** "Enclose … terms that include non-alphanumeric characters in double quotation marks". */
function invalidTerm(rest: string): InvalidFilterPattern {
  const [characters = rest] = /[^\s\w]+/.exec(rest.replace(/^[-?](?=["\w])/, '')) ?? [];
  return new InvalidFilterPattern(`Invalid character(s) in term '${characters}'`);
}

type Condition = (event: JsonObject) => boolean;

function parseJsonPattern(text: string): Matcher {
  if (!text.endsWith('}'))
    throw new InvalidFilterPattern("If a filter pattern starts with '{' it must end with '}'");
  const scanner = new Scanner(text.slice(1, -1));
  const condition = parseAny(scanner);
  if (!scanner.atEnd) throw invalid();
  return message => {
    const event = message.trimStart().startsWith('{') ? parsed(message) : undefined;
    return isJsonObject(event) && condition(event);
  };
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

const invalid = () => new InvalidFilterPattern('Invalid filter pattern');

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.trim();
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Takes what comes next, if it is this, and the white space behind it. */
  take(what: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(`(?:${what.source})\\s*`, 'y');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = sticky.lastIndex;
    return found;
  }
}

// "(), &&, ||": in this order.
function parseAny(scanner: Scanner): Condition {
  const all = [parseAll(scanner)];
  while (scanner.take(/\|\|/)) all.push(parseAll(scanner));
  return event => all.some(condition => condition(event));
}

function parseAll(scanner: Scanner): Condition {
  const each = [parseOne(scanner)];
  while (scanner.take(/&&/)) each.push(parseOne(scanner));
  return event => each.every(condition => condition(event));
}

function parseOne(scanner: Scanner): Condition {
  if (!scanner.take(/\(/)) return parseComparison(scanner);
  const inner = parseAny(scanner);
  if (!scanner.take(/\)/)) throw invalid();
  return inner;
}

const number = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/;
const isNumber = (text: string) => new RegExp(`^${number.source}$`).test(text);

function parseComparison(scanner: Scanner): Condition {
  const [selector] = scanner.take(/\$(?:\.?\['[^']+'\]|\.[\w-]+|\[\d+\]|\.\*|\[\*\])+/) ?? [];
  if (selector === undefined) throw invalid();
  if (/\.\*|\[\*\]/.test(selector)) throw notHere('wildcards in selectors');
  const valueIn = selectorOf(selector);

  const [, constant] = scanner.take(/IS\s+(NULL|TRUE|FALSE)\b/) ?? [];
  if (constant !== undefined) {
    const expected = JSON.parse(constant.toLowerCase()) as Json;
    return event => valueIn(event) === expected;
  }
  if (scanner.take(/NOT\s+EXISTS\b/)) return event => valueIn(event) === undefined;

  const [, operator] = scanner.take(/(!=|<=|>=|=|<|>)/) ?? [];
  if (operator === undefined) throw invalid();
  if (scanner.take(/%/)) throw notHere('regular expressions');
  const [, phrase, bare] = scanner.take(new RegExp(`${quoted.source}|([\\w.*+-]+)`)) ?? [];
  const literal = bare ?? (phrase === undefined ? undefined : unescaped(phrase));
  if (literal === undefined) throw invalid();
  const compare =
    bare !== undefined && isNumber(bare)
      ? comparedAsNumber(operator, bare)
      : comparedAsText(operator, literal);
  return event => {
    const value = valueIn(event);
    // "The SELECTOR must point to a value node (string or number)". Otherwise not even != holds.
    return (typeof value === 'string' || typeof value === 'number') && compare(value);
  };
}

/** @returns undefined where there is no such property or element */
function selectorOf(selector: string): (event: JsonObject) => Json | undefined {
  const steps = [...selector.matchAll(/\['([^']+)'\]|\.([\w-]+)|\[(\d+)\]/g)];
  return event => {
    let value: Json | undefined = event;
    for (const [, bracketed, name = bracketed, index] of steps) {
      if (index !== undefined) value = Array.isArray(value) ? (value as Json[])[Number(index)] : undefined;
      else value = isJsonObject(value) && name && Object.hasOwn(value, name) ? value[name] : undefined;
    }
    return value;
  };
}

type Comparison = (value: string | number) => boolean;

function comparedAsNumber(operator: string, literal: string): Comparison {
  const expected = Number(literal);
  const compare = {
    '=': (value: number) => value === expected,
    '!=': (value: number) => value !== expected,
    '<': (value: number) => value < expected,
    '<=': (value: number) => value <= expected,
    '>': (value: number) => value > expected,
    '>=': (value: number) => value >= expected,
  }[operator];
  // Digits in a string are text: they can be equal, but not less or more.
  const compareText = /^!?=$/.test(operator) ? comparedAsText(operator, literal) : () => false;
  return value => (typeof value === 'number' ? compare?.(value) === true : compareText(value));
}

function comparedAsText(operator: string, literal: string): Comparison {
  if (operator !== '=' && operator !== '!=') throw invalid();
  // "Ev*ent will only match the actual string Ev*ent": the asterisk is a wildcard only at the ends.
  const [, before, text = '', after] = /^(\*?)(.*?)(\*?)$/s.exec(literal) ?? [];
  const isEqual = (value: string) => {
    if (before && after) return value.includes(text);
    if (before) return value.endsWith(text);
    return after ? value.startsWith(text) : value === text;
  };
  return value => isEqual(String(value)) === (operator === '=');
}

// `parse FIELD "user=*, took *ms" as user, took`, and the same by the named groups of a regular expression.

import {MalformedQuery} from './malformed-query.ts';
import {fieldIn} from './operand.ts';
import {parseRegularExpression} from './regular-expression.ts';
import type {Plan} from './stage.ts';
import type {TokenReader} from './token-reader.ts';
import {textOf} from './value.ts';

type Extract = (text: string) => ReadonlyMap<string, string> | undefined;

export function parseCommand(reader: TokenReader, plan: Plan): void {
  const field = fieldIn(reader);
  const {names, extract} = reader.next.kind === 'regex' ? groupsIn(reader) : globIn(reader);
  plan.parsed.push(...names);
  plan.stages.push({
    each(row) {
      const value = field.of(row);
      const found = value === undefined ? undefined : extract(textOf(value));
      for (const name of names) row.set(name, found?.get(name));
      return true;
    },
  });
}

interface Extraction {
  readonly names: readonly string[];
  readonly extract: Extract;
}

function groupsIn(reader: TokenReader): Extraction {
  const token = reader.regex();
  const expression = parseRegularExpression(token);
  if (expression.groupNames.length === 0)
    throw new MalformedQuery('the regular expression of parse needs named groups: (?<name>…)', token);
  return {names: expression.groupNames, extract: text => expression.groupsIn(text)};
}

function globIn(reader: TokenReader): Extraction {
  const token = reader.expectKind('text', 'a text with * or a regular expression');
  reader.expect('as');
  const names = reader.list(() => fieldIn(reader).name);
  const pieces = token.text.split('*');
  if (pieces.length - 1 !== names.length)
    throw new MalformedQuery(
      `the text of parse has ${pieces.length - 1} times *, and names ${names.length} fields`,
      token,
    );
  return {names, extract: text => globbed(text, pieces, names)};
}

/** Each star takes as little as it can, the last one all that is left where nothing stands behind it. */
function globbed(text: string, pieces: readonly string[], names: readonly string[]) {
  const [first = '', ...others] = pieces;
  const begin = text.indexOf(first);
  if (begin < 0) return undefined;
  const found = new Map<string, string>();
  let at = begin + first.length;
  for (const [index, piece] of others.entries()) {
    const isRest = piece === '' && index === others.length - 1;
    const end = isRest ? text.length : text.indexOf(piece, at);
    if (end < 0) return undefined;
    found.set(names[index]!, text.slice(at, end));
    at = end + piece.length;
  }
  return found;
}

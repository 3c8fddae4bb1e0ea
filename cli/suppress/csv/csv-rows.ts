// The rows of a CSV file (RFC 4180), with their lines. What is wrong with a row costs that row alone: a quote that is never
// closed does not take the rows behind it along.

import {parse} from 'csv-parse/sync';
import {type TextLine, textLines} from './text-lines.ts';

export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

export interface CsvProblem {
  readonly line: number;
  readonly problem: string;
}

/** A field may have line ends in it, but no more than these: else its quote is a slip. */
const mostLines = 20;

/** @throws Error where it is no text in UTF-8 at all */
export async function* csvRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRow | CsvProblem> {
  let delimiter: string | undefined;
  let open: TextLine[] = [];
  /** Of the lines at hand, those that make a row. More may be wanted first, unless there are none. */
  function* rowsOf(isLast: boolean): Generator<CsvRow | CsvProblem> {
    while (open.length > 0) {
      const [first, ...others] = open as [TextLine, ...TextLine[]];
      if (first.isCut) {
        yield {line: first.number, problem: 'is too long to be a row'};
        open = others;
        continue;
      }
      const found = rowIn(open, delimiter ?? ',');
      if (found === 'open' && !isLast && open.length < mostLines) return;
      if (found === 'open' || found === 'wrong') {
        yield {line: first.number, problem: 'has a quote that is out of place, or never closed'};
        open = others;
      } else {
        yield {line: first.number, fields: found.fields};
        open = open.slice(found.lines);
      }
    }
  }
  for await (const line of textLines(chunks)) {
    if (open.length === 0 && line.text.trim() === '') continue;
    delimiter ??= delimiterOf(line.text);
    open.push(line);
    yield* rowsOf(false);
  }
  yield* rowsOf(true);
}

/** The row that the first of the lines begins. */
function rowIn(
  lines: readonly TextLine[],
  delimiter: string,
): {readonly fields: readonly string[]; readonly lines: number} | 'open' | 'wrong' {
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (line.isCut) return 'wrong';
    text += index === 0 ? line.text : `\n${line.text}`;
    if (!isOpen(text, delimiter)) {
      const fields = fieldsOf(text, delimiter);
      return fields === undefined ? 'wrong' : {fields, lines: index + 1};
    }
  }
  return 'open';
}

/** Without quotes there is nothing to parse, and most rows have none. */
function fieldsOf(text: string, delimiter: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter).map(field => field.trim());
  try {
    const [fields] = parse(text, {delimiter, trim: true, relaxColumnCount: true});
    return fields;
  } catch {
    return undefined;
  }
}

/** Whether the text ends within quotes. They begin where a field does; two of them in a row are one of the field's own. */
function isOpen(text: string, delimiter: string): boolean {
  let at: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  for (const character of text.includes('"') ? text : '') {
    if (character === '"' && at !== 'plain') at = at === 'quoted' ? 'closed' : 'quoted';
    else if (at !== 'quoted' && character === delimiter) at = 'start';
    else if (at === 'start' && character !== ' ') at = 'plain';
  }
  return at === 'quoted';
}

/** People's spreadsheets write what their language separates numbers with. */
function delimiterOf(line: string): string {
  const counted = [',', ';', '\t'].map(each => ({each, count: line.split(each).length}));
  return counted.reduce((most, next) => (next.count > most.count ? next : most)).each;
}

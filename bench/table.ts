// Tables, for a terminal and for Markdown. Pure.

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes?: readonly string[];
}

/** Text is aligned to the left, numbers to the right. */
const isNumeric = (cell: string): boolean => /^[-–+]?[\d.,]*( ?[%×A-Za-z]+)?$/.test(cell);

export function textTable({title, head, rows, notes = []}: Table): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]!.length)));
  const right = head.map((_, column) => column > 0 && rows.every(row => isNumeric(row[column]!)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map(width => '─'.repeat(width)).join('  ');
  return [title, '', line(head), rule, ...rows.map(line), ...notes.map(note => `  ${note}`), ''].join('\n');
}

export function markdownTable({head, rows, notes = []}: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, column) =>
    column > 0 && rows.every(row => isNumeric(row[column]!)) ? '---:' : '---',
  );
  const text = [line(head), line(rule), ...rows.map(line)];
  return [...text, ...notes.flatMap(note => ['', note]), ''].join('\n');
}

/** A number with this many digits after the point, or none where it is large; a dash for no number. */
export function numberText(value: number | undefined, digits = 1): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  return value.toLocaleString('en-US', {minimumFractionDigits: digits, maximumFractionDigits: digits});
}

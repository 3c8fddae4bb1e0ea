// A text as its header fields and its body. Lines of the header section that belong to no field are passed over: hosts
// differ in what they make of them, so that no signature of such a text holds everywhere.

export interface Field {
  /** In lower case. */
  readonly name: string;
  /** `Name: value` with its folds, without the CRLF at its end: a character for each octet. */
  readonly raw: string;
}

export interface Sections {
  readonly fields: readonly Field[];
  readonly body: Buffer;
}

/** RFC 5322 2.2; 4.5.3 allows blanks before the colon. */
const fieldName = /^([!-9;-~]+)[ \t]*:/;

const startsWithBlank = (line: string): boolean => line.startsWith(' ') || line.startsWith('\t');

/** @param text with CRLF at the end of lines */
export function sectionsOf(text: Buffer): Sections {
  const isHeaderless = text[0] === 0x0d && text[1] === 0x0a;
  const end = isHeaderless ? 0 : text.indexOf('\r\n\r\n');
  const header = text.toString('latin1', 0, end < 0 ? text.length : end);
  const body = isHeaderless
    ? text.subarray(2)
    : end < 0
      ? text.subarray(text.length)
      : text.subarray(end + 4);
  return {fields: fieldsOf(header), body};
}

function fieldsOf(header: string): readonly Field[] {
  const fields: Field[] = [];
  let name: string | undefined;
  let start = 0;
  for (let at = 0; at < header.length; ) {
    const found = header.indexOf('\r\n', at);
    const lineEnd = found < 0 ? header.length : found;
    const next = lineEnd + 2;
    if (!startsWithBlank(header.slice(at, at + 1))) {
      start = at;
      name = fieldName.exec(header.slice(at, lineEnd))?.[1]?.toLowerCase();
    }
    const isLast = next >= header.length || !startsWithBlank(header.slice(next, next + 1));
    if (name !== undefined && isLast) {
      fields.push({name, raw: header.slice(start, lineEnd)});
      name = undefined;
    }
    at = next;
  }
  return fields;
}

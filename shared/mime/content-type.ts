// What a Content-Type says that matters for the structure of a text: type and boundary (RFC 2045 5.1). Whoever writes it
// otherwise than the grammar allows is not understood, rather than guessed at.

export interface ContentType {
  /** `multipart`, in lower case. */
  readonly type: string;
  readonly subtype: string;
  readonly boundary?: string;
}

const token = String.raw`[!#$%&'*+\-.^_\x60{|}~0-9A-Za-z]{1,200}`;
const kind = new RegExp(String.raw`^[ \t]*(${token})[ \t]*/[ \t]*(${token})[ \t]*(?=;|$)`);
// Beyond ASCII are names of files: the octets do not matter here.
const parameter = new RegExp(
  String.raw`[ \t]*;[ \t]*(?:(${token})[ \t]*=[ \t]*(?:(${token}|[^\s;"()]+)|"((?:[^"\\]|\\.)*)")[ \t]*(?=;|$))?`,
  'y',
);

/** @param value unfolded. Undefined where it is not understood */
export function parseContentType(value: string): ContentType | undefined {
  const bare = withoutComments(value);
  const [whole = '', type, subtype] = kind.exec(bare) ?? [];
  if (type === undefined || subtype === undefined) return undefined;
  const reading = new RegExp(parameter);
  const boundaries: string[] = [];
  reading.lastIndex = whole.length;
  while (reading.lastIndex < bare.length) {
    const at = reading.lastIndex;
    const match = reading.exec(bare);
    if (match === null) {
      if (bare.slice(at).trim() !== '') return undefined;
      break;
    }
    const [, name, plain, quoted] = match;
    // A boundary in pieces (RFC 2231 3) is one that few programs understand.
    if (/^boundary\*/i.test(name ?? '')) return undefined;
    if (name?.toLowerCase() === 'boundary') boundaries.push(plain ?? quoted!.replace(/\\(.)/g, '$1'));
  }
  const [boundary, ...others] = boundaries;
  if (others.length > 0) return undefined;
  return {
    type: type.toLowerCase(),
    subtype: subtype.toLowerCase(),
    ...(boundary !== undefined && {boundary}),
  };
}

/** RFC 5322 3.2.2. One that is not closed goes on to the end. */
export function withoutComments(value: string): string {
  if (!value.includes('(')) return value;
  const kept: string[] = [];
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at]!;
    const pair = character === '\\' ? value.slice(at, at + 2) : character;
    at += pair.length - 1;
    if (depth === 0 && character === '"') isQuoted = !isQuoted;
    if (!isQuoted && character === '(') depth++;
    else if (!isQuoted && depth > 0 && character === ')') depth--;
    else if (depth === 0) kept.push(pair);
  }
  return kept.join('');
}

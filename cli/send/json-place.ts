// Where a text stops being JSON. V8 tells the place only of some errors; of the others it quotes the source, which may hold
// a password.

const token =
  /(?<string>"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|(?<literal>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b)|[{}[\],:]/y;
const space = /[ \t\r\n]*/y;

/** Kinds of token that can begin a value: string, literal, object, array. */
const value = 'sl{[';

/** The offset of the first token that cannot stand where it stands; the text's length when it ends too early. */
export function offsetOfError(text: string): number {
  const open: string[] = [];
  let allowed = value;
  let atKey = false;
  let offset = 0;
  for (;;) {
    space.lastIndex = offset;
    space.exec(text);
    offset = space.lastIndex;
    token.lastIndex = offset;
    const match = token.exec(text);
    const kind = match?.groups?.string ? 's' : match?.groups?.literal ? 'l' : match?.[0];
    if (kind === undefined || !allowed.includes(kind)) return offset;
    offset = token.lastIndex;
    const isKey = kind === 's' && atKey;
    atKey = false;
    if (isKey) allowed = ':';
    else if (kind === ':') allowed = value;
    else if (kind === '{') {
      open.push('}');
      [allowed, atKey] = ['s}', true];
    } else if (kind === '[') {
      open.push(']');
      allowed = `${value}]`;
    } else if (kind === ',') {
      [allowed, atKey] = open.at(-1) === '}' ? ['s', true] : [value, false];
    } else {
      if (kind === '}' || kind === ']') open.pop();
      allowed = open.length === 0 ? '' : `,${open.at(-1)}`;
    }
  }
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return {line: before.length, column: before.at(-1)!.length + 1};
}

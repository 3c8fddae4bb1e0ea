// SMTP replies (RFC 5321 4.2) with their enhanced status codes (RFC 2034, RFC 3463). They are read as their octets come,
// in time in proportion to them, and little is kept of a reply that is too long.

export interface Reply {
  /** 200–599. */
  readonly code: number;
  /** `5.1.1`, when the server gave one. */
  readonly status?: string;
  /** The text of all lines, joined with spaces, without codes. */
  readonly text: string;
}

/** A reply as it came: nothing in it is masked. */
export interface RawReply {
  /** That of the last line that has one; undefined when there are no three digits to read. */
  readonly code: number | undefined;
  /** Whether it is a reply as RFC 5321 has it, or near enough to know where it ends. */
  readonly isValid: boolean;
  /** Their text without codes. Lines in front of the last ones that have another code do not count. */
  readonly lines: readonly string[];
}

/** A line that is complete but for its end: text may be absent, and the space with it; a tab stands for the space. */
const replyLine = /^([2-5]\d\d)(?:([- \t])(.*))?$/s;
/** What can be read of any other line: `250OK`, or digits behind what is neither a digit nor a letter. */
const digits = /^[^\dA-Za-z]*([2-5]\d\d)(?!\d)/;
const enhancedStatus = /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/;

/** RFC 5321 4.5.3.1.5 has 512 octets for a line; no reply of a working server has more than some dozen lines. */
const keptLength = 16_384;
/** A reply of more octets has no end. */
const longestReply = 1_048_576;

const [tab, lineFeed, carriageReturn, space] = [9, 10, 13, 32];

/** Puts replies together from octets, however they are cut. It takes CRLF, LF alone, and CR CR LF as line ends. */
export class ReplyReader {
  /** What is kept of the line that has not yet ended; an octet is a character. */
  #line = '';
  /** Of the reply that has not yet ended. */
  #code: number | undefined;
  #lines: string[] = [];
  #kept = 0;
  #octets = 0;

  /** The replies that have come to their end with these octets. */
  push(octets: Buffer): readonly RawReply[] {
    const replies: RawReply[] = [];
    for (let start = 0; start < octets.length; ) {
      const end = octets.indexOf(lineFeed, start);
      this.#add(octets, start, end === -1 ? octets.length : end);
      if (end === -1) break;
      this.#octets += 1;
      start = end + 1;
      const reply = this.#endLine();
      if (reply !== undefined) replies.push(reply);
    }
    return replies;
  }

  /** Whether something has come of a reply that has not yet ended. */
  get isInside(): boolean {
    return this.#octets > 0;
  }

  get isEndless(): boolean {
    return this.#octets > longestReply;
  }

  /** What is known of a reply that has broken off; undefined when nothing of it has come. */
  breakOff(): RawReply | undefined {
    return this.isInside ? (this.#endLine() ?? this.#end(this.#code, false)) : undefined;
  }

  #add(octets: Buffer, start: number, end: number): void {
    this.#octets += end - start;
    let from = start;
    // A line end of its own, in front of the line.
    if (this.#line === '') while (from < end && octets[from] === carriageReturn) from += 1;
    this.#line += octets.toString('latin1', from, Math.min(end, from + keptLength - this.#line.length));
  }

  #endLine(): RawReply | undefined {
    const line = withoutEnd(this.#line);
    this.#line = '';
    // Some servers put an empty line in front of a reply.
    if (line === '') return undefined;
    const match = replyLine.exec(line);
    if (match !== null) {
      const [, code, separator, text = ''] = match;
      if (Number(code) !== this.#code) {
        this.#lines = [];
        this.#kept = 0;
      }
      this.#code = Number(code);
      this.#keep(text);
      return separator === '-' ? undefined : this.#end(this.#code, true);
    }
    this.#keep(line);
    // Inside a reply it is text that was broken into lines without codes.
    if (this.#code !== undefined) return undefined;
    const read = digits.exec(line)?.[1];
    return this.#end(read === undefined ? undefined : Number(read), false);
  }

  #keep(text: string): void {
    if (this.#kept < keptLength) this.#lines.push(text.slice(0, keptLength - this.#kept));
    // A line without text takes up room, too.
    this.#kept += text.length + 4;
  }

  #end(code: number | undefined, isValid: boolean): RawReply {
    const lines = this.#lines.map(line => Buffer.from(line, 'latin1').toString('utf8'));
    this.#code = undefined;
    this.#lines = [];
    this.#kept = 0;
    this.#octets = 0;
    return {code, isValid, lines};
  }
}

/** Without the spaces, tabs and carriage returns behind it. (A pattern for them would take quadratic time.) */
function withoutEnd(line: string): string {
  let end = line.length;
  while (end > 0 && [tab, carriageReturn, space].includes(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(0, end);
}

/**
 * A reply that has a code, as it may be shown.
 * @param masked takes out what must not be shown: of the text alone, as no secret can be in a code
 */
export function replyOf(
  {lines}: RawReply,
  code: number,
  masked: (text: string) => string = text => text,
): Reply {
  const texts = lines.map(line => line.trimStart());
  const status = enhancedStatus.exec(texts[0] ?? '')?.[1];
  // RFC 2034 4: each line repeats the status code.
  const bare = status === undefined ? texts : texts.map(text => text.replace(enhancedStatus, ''));
  return {
    code,
    ...(status !== undefined && {status}),
    text: printable(masked(bare.join(' ').trim())),
  };
}

/** Text from a server, fit for a log line and a result: one line, no controls, not endless. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 1000);

/**
 * What a server announced in its reply to EHLO: keywords in upper case, with their parameters. Some repeat AUTH as
 * `AUTH=`, for clients older than its RFC, and not with the same mechanisms: all lines of a keyword count.
 * @param lines of the reply, without codes; the first one greets
 */
export function parseExtensions(lines: readonly string[]): ReadonlyMap<string, string> {
  const extensions = new Map<string, string[]>();
  for (const line of lines.slice(1)) {
    const [name = '', ...parameters] = line.trim().split(/[ \t=]+/);
    const keyword = name.toUpperCase();
    const known = extensions.get(keyword) ?? [];
    for (const parameter of parameters) known.push(parameter);
    extensions.set(keyword, known);
  }
  return new Map([...extensions].map(([keyword, parameters]) => [keyword, parameters.join(' ')]));
}

/** The size limit of RFC 1870; undefined when there is none, or none was announced. */
export function sizeLimitOf(extensions: ReadonlyMap<string, string>): number | undefined {
  const limit = Number(extensions.get('SIZE') || 0);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
}

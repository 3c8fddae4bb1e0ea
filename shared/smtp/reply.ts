// SMTP replies (RFC 5321 4.2) with their enhanced status codes (RFC 2034, RFC 3463). They are read as their octets
// come, in linear time, and only the beginning of a reply that is too long is kept.

export interface Reply {
  /** 200–599. */
  readonly code: number;
  /** `5.1.1`, if the server gave one. */
  readonly status?: string;
  /** The text of all lines, joined with spaces, without codes. */
  readonly text: string;
}

/** A reply as it came. Nothing in it is masked. */
export interface RawReply {
  /** The code of the last line that has one; undefined if no line begins with three digits. */
  readonly code: number | undefined;
  /** Whether it is a reply by RFC 5321, or near enough to one that its end is known. */
  readonly isValid: boolean;
  /** The text of the lines, without codes. Lines with another code than the last one do not count. */
  readonly lines: readonly string[];
}

/** A line without its end. The text may be missing, and the space with it. A tab may stand for the space. */
const replyLine = /^([2-5]\d\d)(?:([- \t])(.*))?$/s;
/** The code that can be read from any other line: `250OK`, or digits behind other characters than letters. */
const digits = /^[^\dA-Za-z]*([2-5]\d\d)(?!\d)/;
const enhancedStatus = /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/;

/** RFC 5321 4.5.3.1.5 allows 512 octets a line, and replies of working servers have at most some dozen lines. */
const keptLength = 16_384;
/** A reply of more octets is taken to have no end. */
const longestReply = 1_048_576;

const [tab, lineFeed, carriageReturn, space] = [9, 10, 13, 32];

/** Puts replies together from octets, however these are cut. CRLF, LF alone, and CR CR LF are line ends. */
export class ReplyReader {
  /** What is kept of the line that has not yet ended, an octet a character. */
  #line = '';
  /** The following are of the reply that has not yet ended. */
  #code: number | undefined;
  #lines: string[] = [];
  #kept = 0;
  #octets = 0;

  /** The replies that end with these octets. */
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

  /** Whether a reply has begun and not yet ended. */
  get isInside(): boolean {
    return this.#octets > 0;
  }

  get isEndless(): boolean {
    return this.#octets > longestReply;
  }

  /** What is known of a reply that has broken off; undefined if none has begun. */
  breakOff(): RawReply | undefined {
    return this.isInside ? (this.#endLine() ?? this.#end(this.#code, false)) : undefined;
  }

  #add(octets: Buffer, start: number, end: number): void {
    this.#octets += end - start;
    let from = start;
    // Carriage returns in front of a line belong to no line.
    if (this.#line === '') while (from < end && octets[from] === carriageReturn) from += 1;
    this.#line += octets.toString('latin1', from, Math.min(end, from + keptLength - this.#line.length));
  }

  #endLine(): RawReply | undefined {
    const line = withoutEnd(this.#line);
    this.#line = '';
    // Some servers send an empty line before a reply.
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
    // Within a reply, a line without a code is a part of the text.
    if (this.#code !== undefined) return undefined;
    const read = digits.exec(line)?.[1];
    return this.#end(read === undefined ? undefined : Number(read), false);
  }

  #keep(text: string): void {
    if (this.#kept < keptLength) this.#lines.push(text.slice(0, keptLength - this.#kept));
    // A line without text takes up memory, too.
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

/** The line without spaces, tabs and carriage returns at its end. (A regular expression would take quadratic time.) */
function withoutEnd(line: string): string {
  let end = line.length;
  while (end > 0 && [tab, carriageReturn, space].includes(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(0, end);
}

/**
 * A reply that has a code, as it may be shown.
 * @param masked takes what must not be shown out of the text; a code holds no secret
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
  return {code, ...(status !== undefined && {status}), text: printable(masked(bare.join(' ').trim()))};
}

/** Text from a server, made fit for a log line and a result: one line, without control characters, not too long. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 1000);

/**
 * What a server announced in its reply to EHLO: keywords in upper case, with their parameters. All lines of a keyword
 * count: some servers repeat AUTH as `AUTH=`, for old clients, and with other mechanisms.
 * @param lines of the reply, without codes; the first one greets
 */
export function parseExtensions(lines: readonly string[]): ReadonlyMap<string, string> {
  const offers = lines.slice(1).map(line => line.trim().split(/[ \t=]+/));
  const alike = Map.groupBy(offers, ([keyword = '']) => keyword.toUpperCase());
  return new Map([...alike].map(([keyword, all]) => [keyword, all.flatMap(([, ...rest]) => rest).join(' ')]));
}

/** The size limit of RFC 1870; undefined if there is none, or if none was announced. */
export function sizeLimitOf(extensions: ReadonlyMap<string, string>): number | undefined {
  const limit = Number(extensions.get('SIZE') || 0);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
}

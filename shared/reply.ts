// SMTP replies (RFC 5321 4.2) with their enhanced status codes (RFC 2034, RFC 3463).

export interface Reply {
  /** 200–599. */
  readonly code: number;
  /** `5.1.1`, when the server gave one. */
  readonly status?: string;
  /** The text of all lines, joined with spaces, without codes. */
  readonly text: string;
}

const replyLine = /^([2-5]\d\d)(?:[ -](.*))?$/s;
const enhancedStatus = /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/;

/** Undefined when the text is not a reply: a line without a code, or lines with different ones. */
export function parseReply(raw: string): Reply | undefined {
  const lines = raw.split(/\r*\n/).filter(line => line !== '');
  const matches = lines.map(line => replyLine.exec(line));
  const code = matches[0]?.[1];
  if (code === undefined || !matches.every(match => match?.[1] === code)) return undefined;
  const texts = matches.map(match => match?.[2] ?? '');
  const status = enhancedStatus.exec(texts[0]!)?.[1];
  // RFC 2034 4: each line repeats the status code.
  const bare = status === undefined ? texts : texts.map(text => text.replace(enhancedStatus, ''));
  return {
    code: Number(code),
    ...(status !== undefined && {status}),
    text: printable(bare.join(' ').trim()),
  };
}

/** Text from a server, fit for a log line and a result: one line, no controls, not endless. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 1000);

/**
 * What a server announced in its reply to EHLO: keywords in upper case, with their parameters. Some repeat AUTH as
 * `AUTH=`, for clients older than its RFC, and not with the same mechanisms: all lines of a keyword count.
 */
export function parseExtensions(ehloReply: string): ReadonlyMap<string, string> {
  const extensions = new Map<string, string>();
  for (const line of ehloReply.split(/\r?\n/).slice(1)) {
    const [name = '', ...parameters] = line.slice(4).trim().split(/[ =]/);
    const keyword = name.toUpperCase();
    extensions.set(keyword, [extensions.get(keyword) ?? '', ...parameters].join(' ').trim());
  }
  return extensions;
}

/** The size limit of RFC 1870; undefined when there is none, or none was announced. */
export function sizeLimitOf(extensions: ReadonlyMap<string, string>): number | undefined {
  const limit = Number(extensions.get('SIZE') || 0);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
}

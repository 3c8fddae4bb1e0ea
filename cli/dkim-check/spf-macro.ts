// Macros of SPF records (RFC 7208 7).

export interface MacroValues {
  /** The sender's address, with a local part. */
  readonly sender: string;
  /** The address that sends. */
  readonly ip: string;
  readonly helo: string;
}

const macro = /%(?:([%_-])|\{([a-z])([0-9]*)(r?)([.\-+,/_=]*)\})/gi;

/** @param letters those that may stand there */
export function isMacroString(text: string, letters: string): boolean {
  if (!/^[!-~]*$/.test(text)) return false;
  const rest = text.replaceAll(macro, (whole, sign: string | undefined, letter = '', digits = '') =>
    sign !== undefined || (letters.includes(letter.toLowerCase()) && !/^0+$/.test(digits)) ? '' : whole,
  );
  return !rest.includes('%');
}

/** Whether it says the same for every sender: it has no macro, or none but of the domain. */
export const isFixed = (text: string): boolean =>
  [...text.matchAll(macro)].every(([, sign, letter]) => sign !== undefined || letter?.toLowerCase() === 'd');

/** @param validated the name of the address, for %{p} */
export function expandMacros(text: string, domain: string, values: MacroValues, validated: string): string {
  return text.replaceAll(
    macro,
    (_, sign: string | undefined, letter = '', digits = '', reverse = '', marks = '') => {
      if (sign !== undefined) return sign === '%' ? '%' : sign === '_' ? ' ' : '%20';
      const whole = macroValueOf(letter.toLowerCase(), domain, values, validated);
      // The marks are those of a class of characters.
      const parts = whole.split(new RegExp(`[${(marks || '.').replaceAll('-', '\\-')}]`));
      if (reverse !== '') parts.reverse();
      const kept = (digits === '' ? parts : parts.slice(-Number(digits))).join('.');
      return letter === letter.toUpperCase() ? encodeURIComponent(kept).replace(/[!'()*]/g, escaped) : kept;
    },
  );
}

const escaped = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

function macroValueOf(
  letter: string,
  domain: string,
  {sender, ip, helo}: MacroValues,
  validated: string,
): string {
  const at = sender.lastIndexOf('@');
  switch (letter) {
    case 's':
      return sender;
    case 'l':
      return sender.slice(0, at);
    case 'o':
      return sender.slice(at + 1);
    case 'd':
      return domain;
    case 'i':
      return ip.includes(':') ? nibblesOf(ip).join('.') : ip;
    case 'p':
      return validated;
    case 'v':
      return ip.includes(':') ? 'ip6' : 'in-addr';
    case 'h':
      return helo;
    default:
      return '';
  }
}

/** The 32 digits of an IPv6 address. */
function nibblesOf(ip: string): readonly string[] {
  // The URL parser writes it in hex alone.
  const plain = new URL(`http://[${ip}]/`).hostname.slice(1, -1);
  const [left = '', right] = plain.split('::');
  const groupsOf = (text: string) => (text === '' ? [] : text.split(':'));
  const [front, back] = [groupsOf(left), groupsOf(right ?? '')];
  const zeros = right === undefined ? [] : Array<string>(8 - front.length - back.length).fill('0');
  return [...front, ...zeros, ...back].flatMap(group => [...group.padStart(4, '0')]);
}

/** The name at which the DNS has the names of an address (RFC 1035 3.5, RFC 3596 2.5). */
export const reverseNameOf = (ip: string): string =>
  ip.includes(':')
    ? `${nibblesOf(ip).toReversed().join('.')}.ip6.arpa`
    : `${ip.split('.').toReversed().join('.')}.in-addr.arpa`;

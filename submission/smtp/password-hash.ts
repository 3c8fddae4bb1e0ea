// Passwords of clients: kept as hashes of scrypt (RFC 7914), in the format of PHC strings.

import {createHmac, randomBytes, scrypt, timingSafeEqual} from 'node:crypto';
import {BoundedTimes} from './bounded-times.ts';

interface Hash {
  readonly cost: {readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number};
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** 32 MB and about a tenth of a second. */
const usual = {ln: 15, r: 8, p: 1};
const keyOctets = 32;

/** What hashes may cost: whoever writes more would have the server stand still. */
const format =
  /^\$scrypt\$ln=(1[0-7]|[1-9]),r=([1-9]|1[0-6]),p=([1-4])\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/;

export function parseHash(text: string): Hash | undefined {
  const [, ln, r, p, salt, key] = format.exec(text) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  return {
    cost: costOf({ln: Number(ln), r: Number(r), p: Number(p)}),
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
}

const costOf = ({ln, r, p}: typeof usual): Hash['cost'] => ({
  N: 2 ** ln,
  r,
  p,
  // Twice of what it takes.
  maxmem: 256 * 2 ** ln * r,
});

export async function hashOf(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derived(password, salt, costOf(usual));
  const encoded = [salt, key].map(octets => octets.toString('base64').replace(/=+$/, ''));
  return `$scrypt$ln=${usual.ln},r=${usual.r},p=${usual.p}$${encoded.join('$')}`;
}

const derived = (password: string, salt: Buffer, cost: Hash['cost']): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password, salt, keyOctets, cost, (error, key) => (error ? reject(error) : resolve(key))),
  );

/** At a time: each takes up a core and memory. */
const mostAtOnce = 2;
/** The last of them would wait for ten seconds. */
const mostWaiting = 200;
/** A password that was right is not hashed again for so long. */
const rememberedMs = 300_000;

export class PasswordChecks {
  readonly #right: BoundedTimes;
  readonly #secret = randomBytes(32);
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(now: () => number) {
    this.#right = new BoundedTimes(1_000, rememberedMs, now);
  }

  /** @returns undefined when there is too much to do */
  async isRight(password: string, hash: string): Promise<boolean | undefined> {
    const parsed = parseHash(hash);
    if (parsed === undefined) return false;
    // Who reads the memory finds no passwords there.
    const known = createHmac('sha256', this.#secret)
      .update(JSON.stringify([hash, password]))
      .digest('base64');
    if (this.#right.has(known)) return true;
    if (this.#waiting.length >= mostWaiting) return undefined;
    // Whoever ends hands the place on.
    if (this.#running >= mostAtOnce) await new Promise<void>(resolve => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      const isRight = timingSafeEqual(await derived(password, parsed.salt, parsed.cost), parsed.key);
      if (isRight) this.#right.add(known);
      return isRight;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

// What lets a browser in: a token in the address that is printed, which is traded for a cookie that no program can read, and
// a second value that goes with each question of the page. All of them are gone when the console ends.

import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';

const random = (): string => randomBytes(16).toString('base64url');

export class Keys {
  readonly token = random();
  readonly second = random();
  readonly #cookie = random();
  /** Browsers keep cookies for a host, whatever its port: two consoles have two names. */
  readonly #name: string;

  constructor(port: number) {
    this.#name = `relayq-console-${port}`;
  }

  /** `Set-Cookie` */
  get setCookie(): string {
    return `${this.#name}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }

  isToken = (given: unknown): boolean => isSame(given, this.token);

  isSecond = (given: unknown): boolean => isSame(given, this.second);

  /** @param header `Cookie` */
  isSignedIn(header: string | undefined): boolean {
    const pairs = (header ?? '').split(';').map(pair => pair.trim());
    return pairs.some(
      pair => pair.startsWith(`${this.#name}=`) && isSame(pair.slice(this.#name.length + 1), this.#cookie),
    );
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** How long it takes tells nothing of how much is right. */
const isSame = (given: unknown, right: string): boolean =>
  typeof given === 'string' && timingSafeEqual(digestOf(given), digestOf(right));

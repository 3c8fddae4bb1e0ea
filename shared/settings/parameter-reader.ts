// Parameters read one by one: a value, or a problem with its name and what would be right.

import type {Parsed} from '../parsed.ts';
import type {Problem} from '../problem.ts';
import {parseHost, parseHostname} from '../smtp/address.ts';
import type {Credentials} from '../smtp/smarthost.ts';

export interface Parameter {
  /** Below the stage's path: `smarthost-port`. */
  readonly name: string;
  readonly value: string;
  /** SSM's LastModifiedDate, in milliseconds since the epoch. */
  readonly modifiedMs?: number;
}

/** Below it, each parameter is the capacity of a queue. */
export const capacityPath = 'capacity/';

/** The parameters by name, each reading of one that is wrong leaving a problem behind. */
export class ParameterReader {
  readonly #values: ReadonlyMap<string, string>;
  readonly #problems: Problem[];

  /** A value of nothing but spaces is none: SSM has no empty ones, so that is how people take one away. */
  constructor(parameters: readonly Parameter[], problems: Problem[]) {
    const set = parameters.filter(({value}) => value.trim() !== '');
    this.#values = new Map(set.map(({name, value}) => [name, value]));
    this.#problems = problems;
  }

  /** Spaces around a value are a slip of the hand, except around a password. */
  #text(name: string): string | undefined {
    return this.#values.get(name)?.trim();
  }

  has = (name: string): boolean => this.#values.has(name);

  refuseUnknown(known: ReadonlySet<string>): void {
    const right = [...known, `${capacityPath}…`].join(', ');
    for (const name of this.#values.keys()) {
      if (!known.has(name) && !name.startsWith(capacityPath))
        this.wrong(name, `is unknown; known are ${right}`);
    }
  }

  wrong(name: string, problem: string): undefined {
    const isKnown = this.#problems.some(each => each.path === name && each.problem === problem);
    if (!isKnown) this.#problems.push({path: name, problem});
    return undefined;
  }

  wholeNumberOf(name: string, text: string, least: number, most: number): number | undefined {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most
      ? number
      : this.wrong(name, `must be a whole number from ${least} to ${most}`);
  }

  wholeNumber(name: string, least: number, most: number): number | undefined {
    const text = this.#text(name);
    return text === undefined ? undefined : this.wholeNumberOf(name, text, least, most);
  }

  port = (name: string): number | undefined => this.wholeNumber(name, 1, 65535);

  list<T>(name: string, parse: (text: string) => T | undefined): readonly T[] | undefined {
    return this.#text(name)
      ?.split(',')
      .map(part => parse(part.trim()))
      .filter(value => value !== undefined);
  }

  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.#text(name);
    if (text === undefined || words.includes(text as T)) return text as T | undefined;
    return this.wrong(name, `must be one of ${words.join(', ')}`);
  }

  /** Names of the parameters below a path such as `capacity/`. */
  below(path: string): readonly string[] {
    return [...this.#values.keys()].filter(name => name.startsWith(path));
  }

  parsed<T>(name: string, parse: (text: string) => Parsed<T>): T | undefined {
    const text = this.#text(name);
    const parsed = text === undefined ? undefined : parse(text);
    return parsed === undefined || parsed.ok ? parsed?.value : this.wrong(name, parsed.problem);
  }

  host = (name: string): string | undefined => this.parsed(name, parseHost);

  hostname = (name: string): string | undefined => this.parsed(name, parseHostname);

  credentials(usernameName: string, passwordName: string): Credentials | undefined {
    const username = this.#text(usernameName);
    const password = this.#values.get(passwordName);
    if (username === undefined && password === undefined) return undefined;
    if (username === undefined) return this.wrong(passwordName, `needs ${usernameName} beside it`);
    if (password === undefined) return this.wrong(usernameName, `needs ${passwordName} beside it`);
    for (const [name, value] of [
      [usernameName, username],
      [passwordName, password],
    ] as const) {
      if (/\p{Cc}/u.test(value)) return this.wrong(name, 'must be a text without control characters');
    }
    return {username, password};
  }
}

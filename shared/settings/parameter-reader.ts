// Parameters read one by one: a value, or a problem with its name and what would be right.

import type {Parsed} from '../parsed.ts';
import type {Problem} from '../problem.ts';
import {parseHost, parseHostname} from '../smtp/address.ts';
import {type Credentials, pairOf, parseCredential} from '../smtp/credentials.ts';
import {parsePort, parseWholeNumber} from '../whole-number.ts';

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

  wholeNumber = (name: string, least: number, most: number): number | undefined =>
    this.parsed(name, text => parseWholeNumber(text, least, most));

  port = (name: string): number | undefined => this.parsed(name, parsePort);

  /** Values with commas between them, each with problems of its own. */
  list<T>(name: string, parse: (text: string) => Parsed<T>): readonly T[] | undefined {
    return this.#text(name)
      ?.split(',')
      .map(part => this.#valueOf(name, parse(part.trim())))
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
    return text === undefined ? undefined : this.#valueOf(name, parse(text));
  }

  #valueOf = <T>(name: string, parsed: Parsed<T>): T | undefined =>
    parsed.ok ? parsed.value : this.wrong(name, parsed.problem);

  host = (name: string): string | undefined => this.parsed(name, parseHost);

  hostname = (name: string): string | undefined => this.parsed(name, parseHostname);

  credentials(usernameName: string, passwordName: string): Credentials | undefined {
    const {credentials, missingCredential} = pairOf(this.#text(usernameName), this.#values.get(passwordName));
    if (missingCredential === 'username') this.wrong(passwordName, `needs ${usernameName} beside it`);
    if (missingCredential === 'password') this.wrong(usernameName, `needs ${passwordName} beside it`);
    if (credentials === undefined) return undefined;
    this.#valueOf(usernameName, parseCredential(credentials.username));
    this.#valueOf(passwordName, parseCredential(credentials.password));
    return credentials;
  }
}

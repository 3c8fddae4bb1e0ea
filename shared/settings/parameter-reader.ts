// Parameters read one by one: a value, or a problem with its name and what would be right.

import {oneOf, type Parsed, type Problem} from '../parsed.ts';
import {type Credentials, pairOf, parseCredential} from '../smtp/credentials.ts';

export interface Parameter {
  /** Below the stage's path: `smarthost-port`. */
  readonly name: string;
  readonly value: string;
  /** SSM's LastModifiedDate, in milliseconds since the epoch. */
  readonly modifiedMs?: number | undefined;
  /** SSM counts them. */
  readonly version?: number | undefined;
}

/** The parameters by name. Each reading of one that is wrong leaves a problem behind. */
export class ParameterReader {
  readonly #values: ReadonlyMap<string, string>;
  readonly #problems: Problem[] = [];
  readonly problems: readonly Problem[] = this.#problems;

  /** A value of nothing but spaces is none: SSM has no empty values, so this is how people unset one. */
  constructor(parameters: readonly Parameter[]) {
    const set = parameters.filter(({value}) => value.trim() !== '');
    this.#values = new Map(set.map(({name, value}) => [name, value]));
  }

  /** Spaces around a value are a typing mistake, except around a password. */
  #text(name: string): string | undefined {
    return this.#values.get(name)?.trim();
  }

  has = (name: string): boolean => this.#values.has(name);

  /** @param path such as `capacity/` */
  below = (path: string): readonly string[] => [...this.#values.keys()].filter(name => name.startsWith(path));

  /** The name that a parameter is set under: the one that it has, or the one that it had before. */
  nameOf(name: string, formerName: string): string {
    if (!this.has(formerName)) return name;
    if (!this.has(name)) return formerName;
    this.wrong(formerName, `is the former name of ${name}, which is there too: remove ${formerName}`);
    return name;
  }

  refuseUnknown(names: readonly string[], prefixes: readonly string[]): void {
    const known = [...names, ...prefixes.map(prefix => `${prefix}…`)].join(', ');
    for (const name of this.#values.keys())
      if (!names.includes(name) && !prefixes.some(prefix => name.startsWith(prefix)))
        this.wrong(name, `is unknown; known are ${known}`);
  }

  wrong(name: string, problem: string): undefined {
    const isKnown = this.#problems.some(each => each.path === name && each.problem === problem);
    if (!isKnown) this.#problems.push({path: name, problem});
    return undefined;
  }

  /** What is read, and whether nothing was wrong with it. */
  judged<T>(read: () => T): readonly [value: T, isRight: boolean] {
    const before = this.#problems.length;
    const value = read();
    return [value, this.#problems.length === before];
  }

  parsed<T>(name: string, parse: (text: string) => Parsed<T>): T | undefined {
    const text = this.#text(name);
    return text === undefined ? undefined : this.#valueOf(name, parse(text));
  }

  /** Values with commas between them. */
  list<T>(name: string, parse: (text: string) => Parsed<T>): readonly T[] | undefined {
    return this.#text(name)
      ?.split(',')
      .map(part => this.#valueOf(name, parse(part.trim())))
      .filter(value => value !== undefined);
  }

  word = <T extends string>(name: string, words: readonly T[]): T | undefined =>
    this.parsed(name, oneOf(words));

  credentials(usernameName: string, passwordName: string): Credentials | undefined {
    const {credentials, missingCredential} = pairOf(this.#text(usernameName), this.#values.get(passwordName));
    if (missingCredential === 'username') this.wrong(passwordName, `needs ${usernameName} beside it`);
    if (missingCredential === 'password') this.wrong(usernameName, `needs ${passwordName} beside it`);
    if (credentials === undefined) return undefined;
    this.#valueOf(usernameName, parseCredential(credentials.username));
    this.#valueOf(passwordName, parseCredential(credentials.password));
    return credentials;
  }

  #valueOf = <T>(name: string, parsed: Parsed<T>): T | undefined =>
    parsed.ok ? parsed.value : this.wrong(name, parsed.problem);
}

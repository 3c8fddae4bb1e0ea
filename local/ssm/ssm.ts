// The parameters of one account and region, by name.

import type {Store} from '../store/store.ts';
import {parameterNotFound, tooManyParameters} from './errors.ts';
import {latestOf, type Parameter, type ParameterType, type ParameterVersion} from './parameter.ts';
import {checkNewName, keyOf, trimmed} from './parameter-name.ts';
import {nextVersion, type PutRequest} from './parameter-rules.ts';

export interface SsmOptions {
  readonly region: string;
  readonly accountId: string;
  readonly now?: () => number;
  /** Where parameters survive a restart. SecureStrings are there in clear, too. */
  readonly store?: Store;
}

/** Whether the account pays for more calls a second than those that each account has. */
export const throughputSetting = '/ssm/parameter-store/high-throughput-enabled';

const collection = 'ssm/parameters';

/** "Parameter Store retains the 100 most recently created versions" (ParameterMaxVersionLimitExceeded). */
const mostVersions = 100;

/** "A maximum of 10,000 standard parameters for each Region" (PutParameter, Tier). */
const mostStandardParameters = 10_000;

export class Ssm {
  readonly region: string;
  readonly accountId: string;
  /** Of the account, by their IDs. A test may set them; they change nothing here. */
  readonly serviceSettings = new Map([[throughputSetting, 'false']]);
  readonly #now: () => number;
  readonly #store: Store | undefined;
  readonly #parameters = new Map<string, Parameter>();

  constructor({region, accountId, now = Date.now, store}: SsmOptions) {
    this.region = region;
    this.accountId = accountId;
    this.#now = now;
    this.#store = store;
    for (const [key, parameter] of store?.entries(collection) ?? [])
      this.#parameters.set(key, parameter as Parameter);
  }

  readonly arnOf = (name: string): string =>
    `arn:aws:ssm:${this.region}:${this.accountId}:parameter/${keyOf(name)}`;

  /** Sets a parameter from within this process: creates it or overwrites it. @throws AwsError */
  put(name: string, value: string, options: {readonly type?: ParameterType} = {}): void {
    const type = options.type ?? this.find(name)?.versions.at(-1)?.type ?? 'String';
    this.putVersion(name, {value, type, overwrite: true});
  }

  /** The newest value, in clear. */
  get(name: string): string | undefined {
    const parameter = this.find(name);
    return parameter && latestOf(parameter).value;
  }

  /** @throws AwsError */
  putVersion(givenName: string, request: PutRequest, tags: Parameter['tags'] = {}): ParameterVersion {
    const name = trimmed(givenName);
    checkNewName(name, this.arnOf(name));
    const before = this.find(name);
    const version = nextVersion(request, before && latestOf(before), this.#now());
    if (before === undefined && version.tier === 'Standard') this.#checkRoom();
    this.#keep({
      name: before?.name ?? name,
      tags: before?.tags ?? tags,
      versions: [...(before?.versions ?? []), version].slice(-mostVersions),
    });
    return version;
  }

  find(name: string): Parameter | undefined {
    return this.#parameters.get(keyOf(name));
  }

  /** @throws AwsError */
  parameter(name: string): Parameter {
    const parameter = this.find(name);
    if (parameter === undefined) throw parameterNotFound(name);
    return parameter;
  }

  /** By name. */
  get parameters(): readonly Parameter[] {
    return [...this.#parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  setTags(name: string, tags: Parameter['tags']): void {
    this.#keep({...this.parameter(name), tags});
  }

  /** @returns whether it was there */
  delete(name: string): boolean {
    this.#store?.remove(collection, keyOf(name));
    return this.#parameters.delete(keyOf(name));
  }

  #keep(parameter: Parameter): void {
    const key = keyOf(parameter.name);
    this.#parameters.set(key, parameter);
    this.#store?.put(collection, key, parameter);
  }

  #checkRoom(): void {
    if (this.#parameters.size < mostStandardParameters) return;
    const standard = this.parameters.filter(parameter => latestOf(parameter).tier === 'Standard');
    if (standard.length >= mostStandardParameters) throw tooManyParameters(mostStandardParameters);
  }
}

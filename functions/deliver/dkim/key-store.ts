// The DKIM keys of domains: SecureStrings below the stage's path for keys, read for a domain when its first message comes, and
// again now and then. They lie apart from the settings, which are read whole once a minute.

import type {SSMClient} from '@aws-sdk/client-ssm';
import {parseSelector} from '../../../shared/dkim/key-name.ts';
import type {KeysOfDomain} from '../../../shared/dkim/message-signings.ts';
import {parsePrivateKey} from '../../../shared/dkim/private-key.ts';
import type {DkimKey} from '../../../shared/dkim/signature.ts';
import {type Parsed, right} from '../../../shared/parsed.ts';
import {BoundedMap} from '../../runtime/bounded-map.ts';
import {errorText, type Log} from '../../runtime/log.ts';
import {impatience, patience, readParameters, type Secrets} from '../../runtime/parameters.ts';

/** How long keys count without being read again; where there are none, or a broken one, somebody may be at work on it. */
const [goodMs, doubtfulMs] = [300_000, 30_000];
/** More keys of one domain are no use to anybody. */
const mostPages = 5;
const mostDomains = 1000;

interface Read {
  readonly keys: KeysOfDomain;
  readonly secrets: Secrets;
  readonly untilMs: number;
}

export interface KeyStoreOptions {
  readonly client: SSMClient;
  /** With its closing slash. */
  readonly path: string;
  readonly log: Log;
  readonly now: () => number;
}

export class KeyStore {
  readonly #options: KeyStoreOptions;
  readonly #known = new BoundedMap<string, Read>(mostDomains);
  readonly #reading = new Map<string, Promise<KeysOfDomain>>();

  constructor(options: KeyStoreOptions) {
    this.#options = options;
  }

  /**
   * By selector; those that are broken are among them.
   * @throws Error when SSM does not answer, and never has: that is not to be taken for no keys
   */
  async keysOf(domain: string): Promise<KeysOfDomain> {
    const known = this.#known.get(domain);
    if (known !== undefined && this.#options.now() < known.untilMs) return known.keys;
    const reading = this.#reading.get(domain) ?? this.#readAgain(domain, known);
    this.#reading.set(domain, reading);
    try {
      return await reading;
    } finally {
      this.#reading.delete(domain);
    }
  }

  async #readAgain(domain: string, known: Read | undefined): Promise<KeysOfDomain> {
    const {log, now} = this.#options;
    try {
      const {keys, secrets} = await this.#read(domain, known?.secrets);
      const isGood = keys.size > 0 && [...keys.values()].every(({ok}) => ok);
      this.#known.set(domain, {keys, secrets, untilMs: now() + (isGood ? goodMs : doubtfulMs)});
      return keys;
    } catch (error) {
      if (known === undefined) throw error;
      log('warn', 'DKIM keys could not be read; those from before count', {domain, error: errorText(error)});
      this.#known.set(domain, {...known, untilMs: now() + doubtfulMs});
      return known.keys;
    }
  }

  async #read(domain: string, known: Secrets | undefined) {
    const {client, path} = this.#options;
    // A connection may be open that waits for it.
    const limits = known === undefined ? patience(5_000) : impatience;
    const wish = {path: `${path}${domain}`, mostPages, secrets: known, patience: limits};
    const {parameters, secrets} = await readParameters(client, wish);
    const keys = new Map<string, Parsed<DkimKey>>();
    for (const {name, value} of parameters) {
      const selector = parseSelector(name.slice(1));
      if (!selector.ok) continue;
      const parsed = parsePrivateKey(value);
      keys.set(
        selector.value,
        parsed.ok ? right({domain, selector: selector.value, privateKey: parsed.value.privateKey}) : parsed,
      );
    }
    return {keys, secrets};
  }
}

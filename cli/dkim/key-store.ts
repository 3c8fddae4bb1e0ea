// The DKIM keys of a stage, in SSM. The path of a key is its state: the functions sign with what lies under the path of active
// keys, and look nowhere else.

import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  type Parameter,
  PutParameterCommand,
  paginateGetParametersByPath,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type {KeyName} from '../../shared/dkim/key-name.ts';
import type {DkimKey} from '../../shared/dkim/signature.ts';
import {namesOf} from '../../shared/names.ts';
import {pemOf} from './key-text.ts';
import {type KeyState, keyStates, type StoredKey, storedKeyOf} from './stored-key.ts';

interface PutOptions {
  /** The key of KMS to encrypt it with; undefined for SSM's own. */
  readonly keyId?: string | undefined;
  /** Without it, a key that is there stays. */
  readonly overwrite?: boolean;
}

export class KeyStore {
  readonly #ssm: SSMClient;
  readonly #paths: Readonly<Record<KeyState, string>>;

  constructor(ssm: SSMClient, stage: string) {
    const {dkimPath, dkimPendingPath, dkimRetiredPath} = namesOf(stage);
    this.#ssm = ssm;
    this.#paths = {active: dkimPath, pending: dkimPendingPath, retired: dkimRetiredPath};
  }

  /** All keys of a domain, whatever their state. */
  async keysOf(domain: string): Promise<readonly StoredKey[]> {
    const found: StoredKey[] = [];
    for (const state of keyStates) found.push(...(await this.keysIn(state, domain)));
    return found;
  }

  async keysIn(state: KeyState, domain: string): Promise<readonly StoredKey[]> {
    const found: StoredKey[] = [];
    for await (const key of this.#below(state, `${this.#paths[state]}${domain}/`)) found.push(key);
    return found;
  }

  /** Keys of all domains, the active ones first; at most so many. */
  async some(most: number): Promise<readonly StoredKey[]> {
    const found: StoredKey[] = [];
    for (const state of keyStates)
      for await (const key of this.#below(state, this.#paths[state])) {
        if (found.length === most) return found;
        found.push(key);
      }
    return found;
  }

  async *#below(state: KeyState, path: string): AsyncGenerator<StoredKey> {
    const query = {Path: path, Recursive: true, WithDecryption: true};
    for await (const {Parameters = []} of paginateGetParametersByPath({client: this.#ssm}, query))
      for (const parameter of Parameters) {
        const key = this.#keyOf(state, parameter);
        if (key !== undefined) yield key;
      }
  }

  /** Undefined for what lies deeper, or above. */
  #keyOf(state: KeyState, {Name = '', Value = '', ...rest}: Parameter): StoredKey | undefined {
    const [domain = '', selector = '', ...deeper] = Name.slice(this.#paths[state].length).split('/');
    if (selector === '' || deeper.length > 0) return undefined;
    return storedKeyOf({domain, selector, state, value: Value, ...rest});
  }

  /** @returns the version; undefined where there is such a key, and it is not to be overwritten */
  async put(
    state: KeyState,
    key: DkimKey,
    {keyId, overwrite = false}: PutOptions = {},
  ): Promise<number | undefined> {
    const command = new PutParameterCommand({
      Name: this.#nameOf(state, key),
      // An RSA key of 4096 bits has less than the 4 KB of a standard parameter.
      Value: pemOf(key.privateKey),
      Type: 'SecureString',
      Overwrite: overwrite,
      ...(keyId !== undefined && {KeyId: keyId}),
    });
    try {
      const {Version = 0} = await patiently(() => this.#ssm.send(command));
      return Version;
    } catch (error) {
      if ((error as Error).name === 'ParameterAlreadyExists') return undefined;
      throw error;
    }
  }

  async remove(state: KeyState, key: KeyName): Promise<void> {
    const command = new DeleteParameterCommand({Name: this.#nameOf(state, key)});
    try {
      await patiently(() => this.#ssm.send(command));
    } catch (error) {
      // Somebody else was faster, or a first try was not in vain.
      if ((error as Error).name !== 'ParameterNotFound') throw error;
    }
  }

  /** The key of KMS that a key is encrypted with: it is to be the same after a move. */
  async keyIdOf({state, ...name}: Pick<StoredKey, 'state'> & KeyName): Promise<string | undefined> {
    const filter = {Key: 'Name', Option: 'Equals', Values: [this.#nameOf(state, name)]};
    const command = new DescribeParametersCommand({ParameterFilters: [filter]});
    const {Parameters: [parameter] = []} = await patiently(() => this.#ssm.send(command));
    return parameter?.KeyId;
  }

  #nameOf(state: KeyState, {domain, selector}: KeyName): string {
    return `${this.#paths[state]}${domain}/${selector}`;
  }
}

const pauseMs = 1000;
const mostPauses = 60;

/** SSM takes 3 writes a second: many keys take their time. */
async function patiently<T>(send: () => Promise<T>): Promise<T> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await send();
    } catch (error) {
      const {name} = error as Error;
      if ((name !== 'ThrottlingException' && name !== 'TooManyUpdates') || pauses === mostPauses) throw error;
      await new Promise(resolve => setTimeout(resolve, pauseMs));
    }
  }
}

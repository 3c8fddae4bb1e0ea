// Writes parameters one after the other. Where one cannot be written, those before it are put back, backwards: so nobody
// sees a state that the order does not have.

import {isSecretValue} from '../../shared/settings/settings-list.ts';
import type {Values, Write} from '../../shared/settings/writing-order.ts';
import type {ParameterStore} from './parameter-store.ts';

/** By name; a parameter that is removed has none. */
export type Versions = ReadonlyMap<string, number | undefined>;

interface Stored {
  readonly values: Values;
  /** The names of those that are SecureStrings. */
  readonly secret: ReadonlySet<string>;
}

/** @throws what SSM says, and in what state the parameters are then */
export async function writeParameters(
  store: ParameterStore,
  writes: readonly Write[],
  {values, secret}: Stored,
): Promise<Versions> {
  const versions = new Map<string, number | undefined>();
  const undo: Write[] = [];
  const now = new Map(values);
  const write = async ({name, value}: Write) => {
    if (value !== undefined)
      return store.put({name, value, isSecret: secret.has(name) || isSecretValue(name, value)});
    await store.remove(name);
    return undefined;
  };
  for (const each of writes) {
    try {
      versions.set(each.name, await write(each));
    } catch (error) {
      throw new Error(`${(error as Error).message}; ${await putBack(undo, write)}`, {cause: error});
    }
    undo.unshift({name: each.name, value: now.get(each.name)});
    if (each.value === undefined) now.delete(each.name);
    else now.set(each.name, each.value);
  }
  return versions;
}

/** @returns in words what became of it */
async function putBack(undo: readonly Write[], write: (write: Write) => Promise<unknown>): Promise<string> {
  if (undo.length === 0) return 'nothing was written';
  try {
    for (const each of undo) await write(each);
    return 'all is as it was before';
  } catch {
    return 'some of it is written: mail goes as before, or waits. Type the same again, or see relayq settings';
  }
}

// A key begins to sign, and takes over from those of its type. Its domain has an active key at each instant: the new one is
// there before an old one goes. Whatever breaks it off, the same again goes on: the pending copy of the key goes last.

import {setTimeout} from 'node:timers/promises';
import type {KeyName} from '../../shared/dkim/key-name.ts';
import type {DkimKey} from '../../shared/dkim/signature.ts';
import type {KeyStore} from './key-store.ts';
import {fullName} from './key-text.ts';
import {isOfType, type KeyType, type StoredKey, typeOf} from './stored-key.ts';

export interface Activation {
  /** They sign no more. */
  readonly retired: readonly StoredKey[];
  /** They go on signing. */
  readonly kept: readonly StoredKey[];
}

/** Those that a new key of this type may take over from. */
export const predecessorsOf = (
  keys: readonly StoredKey[],
  key: KeyName,
  type: KeyType,
): readonly StoredKey[] =>
  keys.filter(each => each.state === 'active' && each.selector !== key.selector && isOfType(each, type));

export async function activate(
  store: KeyStore,
  key: DkimKey,
  isKept: (key: StoredKey) => boolean,
): Promise<Activation> {
  const all = await store.keysOf(key.domain);
  const copies = all.filter(({selector, state}) => selector === key.selector && state !== 'active');
  const keyId = copies[0] && (await store.keyIdOf(copies[0]));
  await store.put('active', key, {keyId});
  await seen(store, key);
  const others = predecessorsOf(all, key, typeOf(key.privateKey));
  const retired = others.filter(each => !isKept(each));
  for (const old of retired) await retire(store, old);
  for (const copy of copies) await store.remove(copy.state, copy);
  return {retired, kept: others.filter(isKept)};
}

async function retire(store: KeyStore, old: StoredKey): Promise<void> {
  if (!old.privateKey.ok) return;
  const {domain, selector, privateKey} = old;
  const keyId = await store.keyIdOf(old);
  await store.put('retired', {domain, selector, privateKey: privateKey.value}, {keyId, overwrite: true});
  await store.remove('active', old);
}

const looks = 20;
const betweenMs = 500;

/** SSM does not promise that a reader finds what has just been written. */
async function seen(store: KeyStore, {domain, selector, privateKey}: DkimKey): Promise<void> {
  for (let look = 1; ; look += 1) {
    const found = (await store.keysIn('active', domain)).find(each => each.selector === selector);
    if (found?.privateKey.ok && found.privateKey.value.equals(privateKey)) return;
    if (found !== undefined)
      throw new Error(`another key is active as ${fullName(found)}: remove one of the two first`);
    if (look === looks)
      throw new Error(`SSM does not show the new key yet, so the old one goes on: type the same again`);
    await setTimeout(betweenMs);
  }
}

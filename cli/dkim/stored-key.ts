// A DKIM key as it is stored, and what may be told of it: its public half.

import type {KeyObject} from 'node:crypto';
import {type KeyName, parseSelector} from '../../shared/dkim/key-name.ts';
import {parsePrivateKey} from '../../shared/dkim/private-key.ts';
import {type Parsed, right, wrong} from '../../shared/parsed.ts';

/** Active keys sign. A pending one waits until the DNS shows its record; a retired one has been rotated out. */
export const keyStates = ['active', 'pending', 'retired'] as const;
export type KeyState = (typeof keyStates)[number];

export const keyTypes = ['rsa', 'ed25519'] as const;
export type KeyType = (typeof keyTypes)[number];

export interface StoredKey extends KeyName {
  readonly state: KeyState;
  /** Or why nothing can be signed with it. */
  readonly privateKey: Parsed<KeyObject>;
  readonly warning?: string;
  readonly version: number;
  /** When it was put where it is: made or imported, activated, retired. */
  readonly sinceMs: number;
}

interface Stored extends KeyName {
  readonly state: KeyState;
  readonly value: string;
  readonly Type?: string | undefined;
  readonly Version?: number | undefined;
  readonly LastModifiedDate?: Date | undefined;
}

export function storedKeyOf(stored: Stored): StoredKey {
  const {domain, selector, state, value, Type, Version = 0, LastModifiedDate} = stored;
  const parsed = parsePrivateKey(value);
  const name = parseSelector(selector);
  const warnings = [
    parsed.ok ? parsed.value.warning : undefined,
    Type === 'SecureString' ? undefined : `is stored as a ${Type}, which others can read`,
    name.ok && name.value === selector ? undefined : 'has a name that no record can have in that form',
  ].filter(warning => warning !== undefined);
  return {
    domain,
    selector,
    state,
    privateKey: parsed.ok ? right(parsed.value.privateKey) : wrong(parsed.problem),
    ...(warnings.length > 0 && {warning: warnings.join(', and ')}),
    version: Version,
    sinceMs: LastModifiedDate?.getTime() ?? 0,
  };
}

/** Of a key that parsePrivateKey has taken. */
export const typeOf = ({asymmetricKeyType}: KeyObject): KeyType =>
  asymmetricKeyType === 'ed25519' ? 'ed25519' : 'rsa';

export const isOfType = ({privateKey}: StoredKey, type: KeyType): boolean =>
  privateKey.ok && typeOf(privateKey.value) === type;

/** Undefined for what has no bits to choose. */
export const bitsOf = (key: KeyObject): number | undefined => key.asymmetricKeyDetails?.modulusLength;

/** `rsa 2048`, `ed25519`. */
export const typeText = (key: KeyObject): string => [typeOf(key), bitsOf(key) ?? []].flat().join(' ');

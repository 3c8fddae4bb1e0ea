// A parameter: a name, tags, and the versions of its value, each with the metadata that it was put with.

import {randomBytes} from 'node:crypto';

export const parameterTypes = ['String', 'StringList', 'SecureString'] as const;
export type ParameterType = (typeof parameterTypes)[number];

/** "The default key associated with your Amazon Web Services account": Parameter Store's own. */
export const managedKey = 'alias/aws/ssm';

export type Tier = 'Standard' | 'Advanced';

export interface ParameterVersion {
  /** Counts from 1. */
  readonly version: number;
  readonly value: string;
  /** What a SecureString shows without decryption. */
  readonly ciphertext?: string;
  readonly type: ParameterType;
  readonly tier: Tier;
  readonly dataType: string;
  readonly modifiedMs: number;
  readonly description?: string;
  readonly allowedPattern?: string;
  /** The key of a SecureString. */
  readonly keyId?: string;
}

export interface Parameter {
  readonly name: string;
  /** At least one, oldest first. */
  readonly versions: readonly ParameterVersion[];
  readonly tags: Readonly<Record<string, string>>;
}

export const latestOf = ({versions}: Parameter): ParameterVersion => versions.at(-1)!;

/**
 * Stands for the ciphertext of KMS: it is as long as a real one, and the same each time it is read, but it hides nothing.
 * There is no key here, and whoever can read the store can read the values.
 */
export function ciphertextOf(value: string): string {
  const wrapping = 136;
  // The octets that KMS's ciphertexts begin with.
  const header = Buffer.from([1, 2, 2, 0, 0x78]);
  return Buffer.concat([header, randomBytes(wrapping + Buffer.byteLength(value))]).toString('base64');
}

export const shownValueOf = ({value, ciphertext}: ParameterVersion, withDecryption: boolean): string =>
  withDecryption ? value : (ciphertext ?? value);

// A new private key. It is made here, and goes nowhere but to SSM.

import {generateKeyPair, type KeyObject} from 'node:crypto';
import {promisify} from 'node:util';
import {Option} from 'commander';
import {UsageError} from '../command/problems.ts';
import {type KeyType, keyTypes} from './stored-key.ts';

export interface KeyOptions {
  readonly type?: KeyType;
  readonly bits?: string;
}

export const typeOption = () => new Option('--type <type>', 'of the key; rsa by default').choices(keyTypes);

/** RFC 8301 3.2: receivers verify up to 4096, and signers should not have less than 2048. */
export const bitsOption = () =>
  new Option('--bits <number>', 'of an RSA key; 2048 by default').choices(['2048', '3072', '4096']);

const usualBits = '2048';

export async function newKey(type: KeyType, bits: string | undefined): Promise<KeyObject> {
  if (type === 'ed25519') {
    if (bits !== undefined) throw new UsageError('--bits is for RSA keys: an Ed25519 key has one size');
    return (await promisify(generateKeyPair)('ed25519')).privateKey;
  }
  const modulusLength = Number(bits ?? usualBits);
  return (await promisify(generateKeyPair)('rsa', {modulusLength})).privateKey;
}

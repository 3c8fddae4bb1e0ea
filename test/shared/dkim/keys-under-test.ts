// Keys for signing, made anew in each run, with the DNS that publishes them.

import {generateKeyPairSync} from 'node:crypto';
import {recordNameOf} from '../../../shared/dkim/key-name.ts';
import {dnsRecordOf} from '../../../shared/dkim/private-key.ts';
import type {DkimKey} from '../../../shared/dkim/signature.ts';
import type {Records} from './verifiers.ts';

const {privateKey: rsa} = generateKeyPairSync('rsa', {modulusLength: 2048});
const {privateKey: ed25519} = generateKeyPairSync('ed25519');

export const rsaKey: DkimKey = {domain: 'example.org', selector: 'rsa', privateKey: rsa};
export const ed25519Key: DkimKey = {domain: 'example.org', selector: '2026', privateKey: ed25519};

export const recordsOf = (keys: readonly DkimKey[]): Records =>
  new Map(keys.map(key => [recordNameOf(key), dnsRecordOf(key.privateKey)]));

// The data of a TLSA record for a certificate.

import {createHash, type X509Certificate} from 'node:crypto';

export interface TlsaType {
  readonly selector: number;
  readonly matchingType: number;
}

export function tlsaDataOf({selector, matchingType}: TlsaType, certificate: X509Certificate): Buffer {
  const {raw, publicKey} = certificate;
  const selected = selector === 0 ? raw : publicKey.export({type: 'spki', format: 'der'});
  const hash = [undefined, 'sha256', 'sha512'][matchingType];
  return hash === undefined ? selected : createHash(hash).update(selected).digest();
}

// DANE for SMTP (RFC 7672): which TLSA records count, and whether a server's certificate is what they say. That
// DNSSEC has proved the records is checked where they are looked up.

import {hash, type X509Certificate} from 'node:crypto';

/** RFC 6698 2.1. */
export interface TlsaRecord {
  readonly usage: number;
  readonly selector: number;
  readonly matchingType: number;
  /** In hexadecimal digits, lower case. */
  readonly data: string;
}

/** What a host's TLSA records ask for. Without a usable record that is encryption alone (RFC 7672 2.2). */
export interface Dane {
  readonly records: readonly TlsaRecord[];
  /** Where a record names an authority, the certificate must be for one of these names (RFC 7672 3.2.3). */
  readonly names: readonly string[];
}

const trustAnchor = 2;
const endEntity = 3;

/** RFC 7672 3.1.3: the usages 0 and 1 need a list of authorities, and mail servers do not share one. */
const isUsable = ({usage, selector, matchingType}: TlsaRecord): boolean =>
  (usage === trustAnchor || usage === endEntity) && selector <= 1 && matchingType <= 2;

/**
 * @param host the MX host that has the records
 * @param domain of the recipient
 */
export function daneOf(records: readonly TlsaRecord[], host: string, domain: string): Dane {
  const usable = records.filter(isUsable);
  const names = usable.some(({usage}) => usage === trustAnchor) ? [...new Set([host, domain])] : [];
  return {records: usable, names};
}

/**
 * Why a certificate is not what the records say; undefined where it is.
 * @param chain the server's certificate and those that it sent behind it, in their order
 */
export function daneFailureOf(
  {records, names}: Dane,
  chain: readonly X509Certificate[],
  nowMs: number,
): string | undefined {
  if (records.length === 0) return undefined;
  const [own, ...authorities] = chain;
  if (own === undefined) return 'the server has no certificate';
  // RFC 7671 5.1: the record vouches for this very certificate or key. Its names and dates do not matter.
  if (records.some(record => record.usage === endEntity && matches(record, own))) return undefined;
  const anchors = records.filter(({usage}) => usage === trustAnchor);
  if (!leadsTo(own, authorities, anchors, nowMs)) return 'the certificate is not what the TLSA records say';
  if (names.some(name => own.checkHost(name) !== undefined)) return undefined;
  return `the certificate is for none of ${names.join(' and ')}`;
}

/** Whether each certificate is signed by the next one, up to an authority that a record names. */
function leadsTo(
  own: X509Certificate,
  authorities: readonly X509Certificate[],
  anchors: readonly TlsaRecord[],
  nowMs: number,
): boolean {
  let certificate = own;
  for (const authority of authorities) {
    if (!isValidAt(certificate, nowMs) || !authority.ca) return false;
    if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return false;
    if (anchors.some(record => matches(record, authority))) return isValidAt(authority, nowMs);
    certificate = authority;
  }
  return false;
}

const isValidAt = ({validFromDate, validToDate}: X509Certificate, nowMs: number): boolean =>
  validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime();

function matches({selector, matchingType, data}: TlsaRecord, {raw, publicKey}: X509Certificate): boolean {
  const selected = selector === 0 ? raw : publicKey.export({type: 'spki', format: 'der'});
  if (matchingType === 0) return selected.toString('hex') === data;
  return hash(matchingType === 1 ? 'sha256' : 'sha512', selected) === data;
}

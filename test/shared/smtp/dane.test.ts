import {X509Certificate} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {daneFailureOf, daneOf, type TlsaRecord} from '../../../shared/smtp/dane.ts';
import {fixture} from '../../fixtures/fixture.ts';
import {at} from '../../samples/messages.ts';
import {tlsaDataOf} from '../../samples/tlsa.ts';

const certificate = (name: string) => new X509Certificate(fixture(`${name}.crt`));
/** `authority` has signed `issued`, which is for mx.example.org; `example.org` is its own authority. */
const [authority, issued, own] = ['authority', 'issued', 'example.org'].map(certificate) as [
  X509Certificate,
  X509Certificate,
  X509Certificate,
];
const now = at('2030-01-01 12:00:00');

const record = (usage: number, selector: number, matchingType: number, of = own): TlsaRecord => ({
  usage,
  selector,
  matchingType,
  data: tlsaDataOf({selector, matchingType}, of).toString('hex'),
});
const failureOf = (records: readonly TlsaRecord[], chain: readonly X509Certificate[], nowMs = now) =>
  daneFailureOf(daneOf(records, 'mx.example.org', 'example.org'), chain, nowMs);

const unlike = 'the certificate is not what the TLSA records say';

describe('of TLSA records', () => {
  test('only those count that SMTP can use', () => {
    const usable = [record(2, 0, 0), record(2, 1, 2), record(3, 0, 1), record(3, 1, 1)];
    const unusable = [record(0, 0, 1), record(1, 1, 1), record(3, 2, 1), record(3, 1, 3), record(4, 0, 1)];
    expect(daneOf([...unusable, ...usable], 'mx.example.org', 'example.org').records).toEqual(usable);
  });

  test('one that names an authority asks for the name of the host or of the domain', () => {
    const namesOf = (usage: number, host: string) => daneOf([record(usage, 1, 1)], host, 'example.org').names;
    expect(namesOf(2, 'mx.example.org')).toEqual(['mx.example.org', 'example.org']);
    expect(namesOf(2, 'example.org')).toEqual(['example.org']);
    expect(namesOf(3, 'mx.example.org')).toEqual([]);
  });

  test('a certificate may be any where none counts', () => {
    expect(failureOf([record(1, 1, 1)], [issued])).toBeUndefined();
  });
});

describe('a certificate', () => {
  test('must be there', () => {
    expect(failureOf([record(3, 1, 1)], [])).toBe('the server has no certificate');
  });

  test('that a record vouches for may have any dates and names', () => {
    expect(failureOf([record(3, 1, 1, issued)], [issued], at('2130-01-01 00:00:00'))).toBeUndefined();
    expect(daneFailureOf(daneOf([record(3, 0, 1)], 'a.example', 'b.example'), [own], now)).toBeUndefined();
  });

  test('is not vouched for by its authority’s data under its own usage, nor the other way round', () => {
    expect(failureOf([record(3, 1, 1, authority)], [issued, authority])).toBe(unlike);
    expect(failureOf([record(2, 1, 1, issued)], [issued, authority])).toBe(unlike);
  });

  test('must lead to its authority in order, while both are valid', () => {
    const anchors = [record(2, 0, 1, authority)];
    expect(failureOf(anchors, [issued, authority])).toBeUndefined();
    expect(failureOf(anchors, [issued])).toBe(unlike);
    expect(failureOf(anchors, [own, authority])).toBe(unlike);
    expect(failureOf(anchors, [issued, own, authority])).toBe(unlike);
    for (const time of ['2019-12-31 23:59:59', '2120-01-01 00:00:01'])
      expect(failureOf(anchors, [issued, authority], at(time))).toBe(unlike);
  });

  test('whose issuer is no authority leads nowhere', () => {
    // `issued` has signed it and may not. Anybody with a certificate of the authority could do that.
    const forged = certificate('forged');
    expect(forged.verify(issued.publicKey)).toBe(true);
    expect(failureOf([record(2, 1, 1, authority)], [forged, issued, authority])).toBe(unlike);
    expect(failureOf([record(2, 1, 1, issued)], [forged, issued, authority])).toBe(unlike);
  });

  test('of the right authority must be for the host or the domain', () => {
    const failure = (host: string, domain: string) =>
      daneFailureOf(daneOf([record(2, 1, 1, authority)], host, domain), [issued, authority], now);
    expect(failure('mx.example.org', 'example.com')).toBeUndefined();
    expect(failure('mail.example.com', 'mx.example.org')).toBeUndefined();
    expect(failure('mail.example.com', 'example.com')).toBe(
      'the certificate is for none of mail.example.com and example.com',
    );
  });
});

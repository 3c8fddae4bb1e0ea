// A server whose certificate comes from an authority of the settings.

import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {keyOf} from '../../../../shared/smtp/target.ts';
import {fixture} from '../../../fixtures/fixture.ts';
import {endTls, open, serveLines, targetOf, trustCertificate} from './tls-under-test.ts';

beforeAll(trustCertificate);
afterEach(endTls);

describe('an authority for one server', () => {
  const issued = {key: fixture('issued.key'), cert: `${fixture('issued.crt')}${fixture('authority.crt')}`};
  const host = 'mx.example.org';

  test('vouches for its certificate, and for no other server’s', async () => {
    const server = await serveLines({tls: issued});
    const ca = fixture('authority.crt');
    expect(await open(server, {host, ca, security: 'verified'})).toMatchObject({facts: {verified: true}});
    expect(await open(server, {host})).toMatchObject({facts: {verified: false}});
    const other = await serveLines({});
    // The public authorities are trusted, too.
    expect(await open(other, {ca, security: 'verified'})).toMatchObject({facts: {verified: true}});
  });

  test('or is the certificate itself', async () => {
    const self = {key: fixture('example.org.key'), cert: fixture('example.org.crt')};
    const server = await serveLines({tls: self});
    expect(await open(server, {host, ca: self.cert, security: 'verified'})).toMatchObject({
      facts: {verified: true},
    });
    expect((await open(server, {host, security: 'verified'})).failure?.description).toBe(
      'the certificate is self-signed; smarthost-ca can name the authority of a smarthost',
    );
  });

  test('that is unknown is named', async () => {
    const server = await serveLines({tls: issued});
    expect((await open(server, {host, security: 'verified'})).failure).toMatchObject({
      stage: 'starttls',
      fact: 'tls-failed',
      description: expect.stringMatching(
        /^the certificate is from .*, which is no known authority; smarthost-ca/,
      ),
    });
  });

  test('makes a connection another one', () => {
    const target = targetOf({port: 25});
    expect(keyOf({...target, ca: 'a'})).not.toBe(keyOf(target));
    expect(keyOf({...target, ca: 'a'})).not.toBe(keyOf({...target, ca: 'b'}));
  });

  test('that is no certificate fails', async () => {
    const server = await serveLines({tls: issued});
    const {failure} = await open(server, {host, ca: 'junk', security: 'verified'});
    expect(failure).toMatchObject({stage: 'starttls', fact: 'tls-failed'});
  });
});

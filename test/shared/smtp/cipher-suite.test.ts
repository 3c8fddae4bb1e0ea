import {once} from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import {expect, test} from 'vitest';
import {cipherSuiteOf} from '../../../shared/smtp/cipher-suite.ts';
import {certificateOf} from '../../fixtures/fixture.ts';

/** A server that takes one suite alone, and what it says on the wire that it has chosen. */
async function chosenBy(ciphers: string) {
  const server = tls.createServer({...certificateOf('localhost'), ciphers, maxVersion: versionOf(ciphers)});
  server.on('tlsClientError', () => {}).on('secureConnection', socket => socket.on('error', () => {}));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const {port} = server.address() as net.AddressInfo;
  const wire: Buffer[] = [];
  // Between the two, as nobody else sees what goes over the wire.
  const between = net.createServer(client => {
    const raw = net.connect(port, '127.0.0.1').on('data', octets => wire.push(octets));
    client
      .on('error', () => {})
      .pipe(raw.on('error', () => {}))
      .pipe(client);
  });
  await once(between.listen(0, '127.0.0.1'), 'listening');
  const {port: portBetween} = between.address() as net.AddressInfo;
  const socket = tls.connect({port: portBetween, host: '127.0.0.1', rejectUnauthorized: false});
  try {
    await once(socket, 'secureConnect');
    const hello = Buffer.concat(wire);
    // RFC 8446 4.1.3: behind the headers of record and handshake come the version, 32 octets, and the session's id.
    const behindId = 5 + 4 + 2 + 32 + 1 + hello[43]!;
    return {name: socket.getCipher().standardName, id: hello.readUInt16BE(behindId)};
  } finally {
    socket.destroy();
    between.close();
    server.close();
  }
}

const versionOf = (ciphers: string) => (ciphers.startsWith('TLS_') ? 'TLSv1.3' : 'TLSv1.2');

// Those that a server with this certificate can choose, which has an ECDSA key.
test.each([
  ['TLS_AES_128_GCM_SHA256', 128],
  ['TLS_AES_256_GCM_SHA384', 256],
  ['TLS_CHACHA20_POLY1305_SHA256', 256],
  ['ECDHE-ECDSA-AES128-GCM-SHA256', 128],
  ['ECDHE-ECDSA-AES256-GCM-SHA384', 256],
  ['ECDHE-ECDSA-CHACHA20-POLY1305', 256],
  ['ECDHE-ECDSA-AES128-SHA256', 128],
  ['ECDHE-ECDSA-AES256-SHA384', 256],
  ['ECDHE-ECDSA-AES256-SHA', 256],
  ['ECDHE-ECDSA-AES128-CCM', 128],
])('%s has the number that the server names on the wire', async (ciphers, bits) => {
  const {name, id} = await chosenBy(ciphers);
  expect(cipherSuiteOf(name)).toEqual({bits, id});
});

test('every suite that we offer has a number and a size', async () => {
  const server = net.createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const {port} = server.address() as net.AddressInfo;
  const client = tls.connect({port, host: '127.0.0.1'}).on('error', () => {});
  const [connection] = (await once(server, 'connection')) as [net.Socket];
  const [hello] = (await once(connection, 'data')) as [Buffer];
  client.destroy();
  server.close();
  const behindId = 5 + 4 + 2 + 32 + 1 + hello[43]!;
  const octets = hello.readUInt16BE(behindId);
  const offered = Array.from({length: octets / 2}, (_, index) =>
    hello.readUInt16BE(behindId + 2 + 2 * index),
  );
  const renegotiation = 0x00ff;
  expect(offered.filter(id => id !== renegotiation && !knownIds().has(id))).toEqual([]);
});

const knownIds = () =>
  new Set(
    ['AES_128', 'AES_256', 'ARIA_128', 'ARIA_256', 'CHACHA20_POLY1305'].flatMap(cipher =>
      ['', 'ECDHE_RSA_WITH_', 'ECDHE_ECDSA_WITH_', 'DHE_RSA_WITH_', 'DHE_DSS_WITH_', 'RSA_WITH_'].flatMap(
        keys =>
          ['_GCM_SHA256', '_GCM_SHA384', '_CBC_SHA256', '_CBC_SHA384', '_CBC_SHA', '_CCM', '_SHA256'].flatMap(
            end => {
              const {id, bits} = cipherSuiteOf(`TLS_${keys}${cipher}${end}`);
              return id !== undefined && bits !== undefined ? [id] : [];
            },
          ),
      ),
    ),
  );

test('a suite that nobody knows has no number, and no size that its name does not say', () => {
  expect(cipherSuiteOf('TLS_NEW_AES_512_GCM')).toEqual({});
});

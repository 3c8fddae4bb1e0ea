// TLS on a connection that is there already: the handshake, and what the server's certificate proves. Whether that is
// enough is for the opening to say.

import {X509Certificate} from 'node:crypto';
import net from 'node:net';
import tls, {type DetailedPeerCertificate, type SecureContext, type TLSSocket} from 'node:tls';
import {daneFailureOf} from '../../shared/dane.ts';
import type {Failure} from '../../shared/outcome.ts';
import {certificateProblemOf, handshakeProblemOf, type TlsError} from '../../shared/tls-failure.ts';
import {factFailure} from './smtp-failure.ts';
import type {Target} from './smtp-opening.ts';
import {allowedMs, type Clock} from './timeouts.ts';

export interface TlsFacts {
  readonly cipher: {readonly name: string; readonly version: string};
  readonly verified: boolean;
}

export type Secured =
  | {
      readonly ok: true;
      readonly socket: TLSSocket;
      readonly facts: TlsFacts;
      /** Why the certificate does not prove the host; undefined when it does. */
      readonly problem: string | undefined;
      /** What TLS has failed with since. */
      readonly error: () => TlsError | undefined;
    }
  | {readonly ok: false; readonly failure: Failure};

/** By its TLSA records: then no authority needs to vouch for it. */
export const provesItself = ({dane}: Target): boolean => dane !== undefined && dane.records.length > 0;

/** @param socket is closed when the handshake fails */
export function secure(socket: net.Socket, target: Target, clock: Clock): Promise<Secured> {
  return new Promise(resolve => {
    const fail = (failure: Failure) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ok: false, failure});
    };
    const timer = setTimeout(
      () => fail({stage: 'starttls', result: 'timeout', description: 'no TLS handshake in time'}),
      allowedMs('starttls', clock),
    );
    let first: TlsError | undefined;
    // It listens as long as there is a connection: the server may refuse when the handshake is over for us.
    const failWith = (error: TlsError) => {
      first ??= error;
      fail(factFailure('starttls', 'tls-failed', handshakeProblemOf(error)));
    };
    socket.on('error', failWith);
    try {
      const secured = tls.connect({
        socket,
        host: target.host,
        // RFC 6066 3: names only.
        ...(net.isIP(target.host) === 0 && {servername: target.host}),
        // The certificate is judged here, and in our words.
        rejectUnauthorized: false,
        ...(target.ca !== undefined && {secureContext: contextWith(target.ca)}),
      });
      secured.on('error', failWith);
      secured.once('close', () => failWith(new Error('closed')));
      secured.once('secureConnect', () => {
        clearTimeout(timer);
        const findings = findingsOf(secured, target, clock.now());
        resolve({ok: true, socket: secured, ...findings, error: () => first});
      });
    } catch (error) {
      failWith(error as TlsError);
    }
  });
}

function findingsOf(socket: TLSSocket, target: Target, nowMs: number) {
  const problem = problemOf(socket, target, nowMs);
  const {standardName, name, version} = socket.getCipher();
  const cipher = {name: standardName ?? name, version: socket.getProtocol() ?? version};
  return {problem, facts: {cipher, verified: problem === undefined}};
}

function problemOf(socket: TLSSocket, target: Target, nowMs: number): string | undefined {
  if (target.dane !== undefined && provesItself(target)) {
    const problem = daneFailureOf(target.dane, chainOf(socket), nowMs);
    return problem && `${problem} (DANE)`;
  }
  if (socket.authorized) return undefined;
  // The types have an error here; it is its code.
  const code = String(socket.authorizationError);
  return certificateProblemOf(code, chainOf(socket), target.host, nowMs);
}

/** The server's certificate, and those behind it. (getPeerX509Certificate() finds it once only: nodejs/node#65579.) */
function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined) {
    chain.push(new X509Certificate(next.raw));
    // The last one is its own issuer, or has none.
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

let context: {readonly ca: string; readonly made: SecureContext} | undefined;

/** The authorities that are trusted anyway, and one more. It takes some 15 ms to make, so that the last one is kept. */
function contextWith(ca: string): SecureContext {
  if (context?.ca !== ca)
    context = {ca, made: tls.createSecureContext({ca: [...tls.getCACertificates(), ca]})};
  return context.made;
}

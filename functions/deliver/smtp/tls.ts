// TLS on a connection that is there already: the handshake, and what the server's certificate proves. The opening
// decides whether that is enough.

import {X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import net from 'node:net';
import tls, {type DetailedPeerCertificate, type SecureContext, type TLSSocket} from 'node:tls';
import {type Certificate, certificateOf} from '../../../shared/smtp/certificate.ts';
import {cipherSuiteOf} from '../../../shared/smtp/cipher-suite.ts';
import {daneFailureOf} from '../../../shared/smtp/dane.ts';
import {type Failure, factFailure, type Tried} from '../../../shared/smtp/failure.ts';
import {mustProveItself, provesItself, type Target} from '../../../shared/smtp/target.ts';
import {certificateProblemOf, handshakeProblemOf, type TlsError} from '../../../shared/smtp/tls-failure.ts';
import type {SessionFacts} from './session-facts.ts';
import {allowedMs, type Deadline} from './timeouts.ts';
import {sessionAgeMs, type TlsSession, type TlsSessions} from './tls-sessions.ts';

export interface Secured {
  readonly socket: TLSSocket;
  readonly facts: Pick<SessionFacts, 'cipher' | 'verified' | 'certificate'>;
  /** Why the certificate is not what it must be; undefined where it is, or where any certificate will do. */
  readonly problem: string | undefined;
  /** The first error of TLS since. */
  readonly error: () => TlsError | undefined;
}

export interface SecureOptions extends Deadline {
  readonly wantsCertificate?: boolean;
  /** Where there are none, nothing is resumed. */
  readonly tlsSessions?: TlsSessions | undefined;
}

/** A resumed session does not show a certificate. */
export const sessionFor = (target: Target, options: SecureOptions): TlsSession | undefined =>
  options.wantsCertificate ? undefined : options.tlsSessions?.of(target, options.now());

/** @param socket is closed when the handshake fails */
export async function secure(
  socket: net.Socket,
  target: Target,
  options: SecureOptions,
): Promise<Tried<Secured>> {
  const {wantsCertificate = false, tlsSessions, ...deadline} = options;
  // Errors are collected as long as there is a connection: the server may refuse when the handshake is over for us.
  const errors: TlsError[] = [];
  const hear = (error: TlsError) => errors.push(error);
  socket.on('error', hear);
  const signal = AbortSignal.timeout(Math.ceil(allowedMs('starttls', deadline)));
  const known = sessionFor(target, options);
  try {
    const secured = tls.connect({
      socket,
      host: target.host,
      // RFC 6066 3: names only.
      ...(net.isIP(target.host) === 0 && {servername: target.host}),
      // findingsOf judges the certificate, in our words.
      rejectUnauthorized: false,
      ...(target.ca !== undefined && {secureContext: contextWith(target.ca)}),
      ...(known && {session: known.octets}),
    });
    secured.on('error', hear);
    // It comes before the end of the handshake under TLS 1.2, behind it under TLS 1.3.
    let octets: Buffer | undefined;
    let proof: Omit<TlsSession, 'octets'> | undefined;
    const keep = () => {
      if (octets && proof) tlsSessions?.keep(target, {octets, ...proof}, deadline.now());
    };
    secured.on('session', session => {
      octets = session;
      keep();
    });
    await once(secured, 'secureConnect', {signal});
    const resumed = known && secured.isSessionReused() ? known : undefined;
    const {problem, ...facts} = findingsOf(secured, target, {nowMs: deadline.now(), resumed});
    const certificate = wantsCertificate ? shownCertificateOf(secured, problem) : undefined;
    const isFit = facts.verified || !mustProveItself(target);
    if (isFit) proof = resumed ?? {verified: facts.verified, untilMs: proofEndOf(secured, deadline.now())};
    keep();
    return {
      ok: true,
      socket: secured,
      facts: {...facts, ...(certificate && {certificate})},
      problem: isFit ? undefined : problem(),
      error: () => errors[0],
    };
  } catch (error) {
    socket.destroy();
    const failure: Failure = signal.aborted
      ? {stage: 'starttls', result: 'timeout', description: 'no TLS handshake in time'}
      : factFailure('starttls', 'tls-failed', handshakeProblemOf(error as TlsError));
    return {ok: false, failure};
  }
}

/** `problem` is why the certificate proves nothing. Finding the words takes time, so that it is asked for. */
function findingsOf(
  socket: TLSSocket,
  target: Target,
  {nowMs, resumed}: {readonly nowMs: number; readonly resumed: TlsSession | undefined},
) {
  const {standardName, name, version} = socket.getCipher();
  const suite = standardName ?? name;
  const cipher = {name: suite, version: socket.getProtocol() ?? version, ...cipherSuiteOf(suite)};
  // Of a resumed session Node.js says that it is authorised, also where the certificate was for another name.
  if (resumed) return {cipher, verified: resumed.verified, problem: () => undefined};
  const unproven = target.dane && daneFailureOf(target.dane, chainOf(socket), nowMs);
  const verified = provesItself(target) ? unproven === undefined : socket.authorized;
  const problem = (): string | undefined => {
    if (verified) return undefined;
    if (unproven !== undefined) return `${unproven} (DANE)`;
    // The types say that this is an error. It is an error's code.
    const code = String(socket.authorizationError);
    return certificateProblemOf(code, chainOf(socket), target.host, nowMs);
  };
  return {cipher, verified, problem};
}

/** No session outlives the certificate that it was begun with. */
function proofEndOf(socket: TLSSocket, nowMs: number): number {
  const endMs = Date.parse(socket.getPeerCertificate().valid_to);
  return Math.min(nowMs + sessionAgeMs, Number.isNaN(endMs) || endMs < nowMs ? Infinity : endMs);
}

/** Undefined where there is none, or none that can be read: mail does not depend on what is shown. */
function shownCertificateOf(socket: TLSSocket, problem: () => string | undefined): Certificate | undefined {
  const {raw} = socket.getPeerCertificate();
  try {
    return raw && certificateOf(new X509Certificate(raw), problem());
  } catch {
    return undefined;
  }
}

/** The server's certificate, and those behind it. (getPeerX509Certificate() works only once: nodejs/node#65579.) */
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

/** The public authorities and one more. A context takes some 15 ms to make, so that the last one is kept. */
function contextWith(ca: string): SecureContext {
  if (context?.ca !== ca)
    context = {ca, made: tls.createSecureContext({ca: [...tls.getCACertificates(), ca]})};
  return context.made;
}

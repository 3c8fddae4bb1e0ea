// The submission server: smtp-server, with what this project answers (submission.ts), on one or two doors.

import type {AddressInfo} from 'node:net';
import {Door} from './door.ts';
import {maxTextOctets} from './incoming.ts';
import {networkOf} from './network-of.ts';
import {OpenConnections} from './open-connections.ts';
import {Refusal} from './reply.ts';
import type {Options, Session} from './said.ts';
import {Submission, type SubmissionParts, whoOf} from './submission.ts';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** TLS from the start (RFC 8314 3.3). */
  readonly implicitTls: boolean;
}

/** What it is doing, and has done since it was started. */
export interface State {
  readonly connections: number;
  /** Messages. */
  readonly queued: number;
  /** Replies of 4xx and 5xx, as far as they are this project's own. */
  readonly refused: number;
}

/** The client has left in the middle of its text. */
const goneCodes = new Set(['ECONNECTION', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Connections that wait until they are looked at: beyond it clients hang until they try again. */
const backlog = 4_096;

/** Longer than any drain. */
const neverMs = 86_400_000;

export class SubmissionServer {
  readonly #parts: SubmissionParts;
  readonly #submission: Submission;
  readonly #doors: Door[] = [];
  readonly #connections: OpenConnections;
  #certificate: Certificate | undefined;
  #refused = 0;

  /** @param certificate without one there is no TLS */
  constructor(parts: SubmissionParts, certificate: Certificate | undefined) {
    this.#parts = parts;
    this.#submission = new Submission(parts);
    this.#connections = new OpenConnections(parts.limits.connections);
    this.#certificate = certificate;
  }

  get state(): State {
    const {queued} = this.#submission;
    return {connections: this.#connections.all, queued, refused: this.#refused};
  }

  /** @returns where. @throws what listening throws */
  async listen({host, port, implicitTls}: Listening): Promise<AddressInfo> {
    const {limits, now} = this.#parts;
    const door = new Door(this.#optionsOf(implicitTls), {
      limits,
      now,
      isKnown: session => this.#submission.isKnown(session),
      enter: address => this.#connections.enter(networkOf(address), limits.connectionsPerAddress),
    });
    await new Promise<void>((resolve, reject) => {
      door.once('error', reject);
      door.listen({port, host, backlog}, resolve);
    });
    // What goes wrong on a connection later on, its client has to cope with.
    door.on('error', () => {});
    this.#doors.push(door);
    return door.server.address() as AddressInfo;
  }

  /** From the next handshake on. @throws where it is none */
  renew(certificate: Certificate): void {
    this.#certificate = certificate;
    for (const door of this.#doors) door.updateSecureContext(certificate);
  }

  /** Settles when the texts that are on their way have their replies. */
  async drain(ms: number): Promise<void> {
    await Promise.all(this.#doors.map(door => door.drain(ms)));
  }

  #optionsOf(implicitTls: boolean): Options {
    const {name, limits} = this.#parts;
    const {asksWho} = this.#submission;
    const disabledCommands = [...(this.#certificate ? [] : ['STARTTLS']), ...(asksWho ? [] : ['AUTH'])];
    return {
      name,
      banner: 'relayq',
      secure: implicitTls,
      ...this.#certificate,
      minVersion: 'TLSv1.2',
      disabledCommands,
      authOptional: !asksWho,
      size: maxTextOctets,
      rejectOversized: true,
      hideENHANCEDSTATUSCODES: false,
      hideDSN: false,
      hideREQUIRETLS: true,
      disableReverseLookup: true,
      lenientAddressParsing: true,
      logger: false,
      maxClients: limits.connections,
      maxCommandLength: 12_288,
      // Each step has an end of its own.
      socketTimeout: neverMs,
      closeTimeout: neverMs,
      onConnect: (session, done) => {
        // Nobody is asked for a password before there is TLS.
        if (asksWho && !session.secure) session.disabledCommands = [...disabledCommands, 'AUTH'];
        done();
      },
      onSecure: (_socket, session, done) => {
        session.disabledCommands = disabledCommands;
        done();
      },
      onAuth: ({username = '', password}, session, done) =>
        this.#answer(session, this.#submission.authenticate(session, username, password ?? ''), done),
      onMailFrom: (address, session, done) =>
        this.#answer(session, this.#submission.mailFrom(address, session), error => done(error)),
      onRcptTo: (address, session, done) =>
        this.#answer(session, this.#submission.rcptTo(address, session), error => done(error)),
      onData: (stream, session, done) => {
        const onRead = () => {
          for (const door of this.#doors) door.endText(session);
        };
        this.#answer(session, this.#submission.text(stream, session, onRead), done);
      },
      onClose: session => this.#submission.left(session),
    };
  }

  #answer<T>(session: Session, answer: Promise<T>, done: (error: Error | null, answer?: T) => void): void {
    answer.then(
      value => done(null, value),
      (error: Error) => done(this.#refusalOf(error, session)),
    );
  }

  #refusalOf(error: Error, session: Session): Refusal {
    const isGone = goneCodes.has((error as NodeJS.ErrnoException).code ?? '');
    const refusal = error instanceof Refusal ? error : new Refusal(451, '4.3.0 something went wrong here');
    this.#refused += 1;
    const reply = `${refusal.responseCode} ${refusal.message}`;
    const fields = {
      reply,
      ...whoOf(session),
      ...(refusal !== error && {error: `${error.name}: ${error.message}`}),
    };
    if (!isGone) this.#parts.log({level: refusal === error ? 'warn' : 'error', message: 'refused', fields});
    return refusal;
  }
}

// AUTH: who a client is, by user name and password.

import {setTimeout as pause} from 'node:timers/promises';
import type {Client, Clients} from './clients.ts';
import {OpenConnections} from './open-connections.ts';
import {hashOf, PasswordChecks} from './password-hash.ts';
import {Refusal} from './reply.ts';

/** Then the connection is closed. */
const mostFailures = 3;

/** Nobody sends more, and all of it would be hashed. */
const mostOctets = 1_000;

const wrong = '5.7.8 user name or password is wrong';

export class SignIn {
  readonly #clients: () => Clients;
  readonly #failurePauseMs: number;
  readonly #checks: PasswordChecks;
  readonly #connections = new OpenConnections(Number.POSITIVE_INFINITY);
  /** By session. */
  readonly #failures = new WeakMap<object, number>();
  readonly #leave = new WeakMap<object, () => void>();
  /** So that an unknown name takes as long as a wrong password. */
  readonly #nobody = hashOf('');

  constructor(clients: () => Clients, failurePauseMs: number, now: () => number) {
    this.#clients = clients;
    this.#failurePauseMs = failurePauseMs;
    this.#checks = new PasswordChecks(now);
  }

  /** @throws Refusal */
  async client(session: object, username: string, password: string): Promise<Client> {
    const client = this.#clients().get(username);
    const isPlausible = password !== '' && Buffer.byteLength(password) <= mostOctets;
    const hash = client?.password ?? (await this.#nobody);
    const isRight = isPlausible && (await this.#checks.isRight(password, hash));
    if (isRight === undefined) throw new Refusal(454, '4.7.0 too many clients sign in: try again later');
    if (client === undefined || !isRight) return this.#fail(session);
    const leave = this.#connections.enter(username, client.connections ?? Number.POSITIVE_INFINITY);
    if (leave === undefined) throw new Refusal(454, '4.7.0 too many connections of this client');
    this.#leave.set(session, leave);
    return client;
  }

  async #fail(session: object): Promise<never> {
    const failures = (this.#failures.get(session) ?? 0) + 1;
    this.#failures.set(session, failures);
    await pause(this.#failurePauseMs);
    throw new Refusal(failures < mostFailures ? 535 : 421, wrong);
  }

  left(session: object): void {
    this.#leave.get(session)?.();
  }
}

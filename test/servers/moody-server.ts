// An SMTP server on many loopback addresses, each of which fails on its own, at random. Use it for long runs with many
// messages. Its sessions are in moody-session.ts; here it is decided when an address as such fails.

import {once} from 'node:events';
import net from 'node:net';
import {Dice} from '../samples/dice.ts';
import {Ledger} from './ledger.ts';
import {type Mood, moodOf, pleased, troublesOf, unfitMoods} from './mood.ts';
import {MoodySession} from './moody-session.ts';

export interface MoodyServerOptions {
  readonly seed: number;
  readonly name: string;
  readonly addresses: readonly string[];
  /** Messages below this number may meet an address that fails as such. */
  readonly earlyMessages: number;
  readonly withAuth?: boolean;
}

export class MoodyServer {
  readonly port: number;
  readonly ledger: Ledger;
  readonly #options: MoodyServerOptions;
  readonly #dice: Dice;
  readonly #servers: readonly net.Server[];
  readonly #sockets = new Set<net.Socket>();
  /** What the first connection to an address will meet. */
  readonly #troubles: Map<string, Mood>;
  /** Addresses that have failed as such. */
  readonly #failed = new Set<string>();
  #unfit = 0;

  static async start(options: MoodyServerOptions): Promise<MoodyServer> {
    const [first = '127.0.0.1', ...others] = options.addresses;
    const listen = async (address: string, port: number) => {
      const server = net.createServer();
      await once(server.listen(port, address), 'listening');
      return server;
    };
    const main = await listen(first, 0);
    const {port} = main.address() as net.AddressInfo;
    const servers = [main, ...(await Promise.all(others.map(address => listen(address, port))))];
    return new MoodyServer(servers, port, options);
  }

  private constructor(servers: readonly net.Server[], port: number, options: MoodyServerOptions) {
    const {seed, name, addresses, withAuth = false} = options;
    this.port = port;
    this.ledger = new Ledger(name);
    this.#options = options;
    this.#dice = new Dice(seed, name, 'incidentals');
    this.#servers = servers;
    this.#troubles = new Map(troublesOf(addresses, withAuth, new Dice(seed, name)));
    for (const server of servers) server.on('connection', socket => this.#serve(socket));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map(server => new Promise(resolve => server.close(resolve))));
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    // A client that goes away or was dropped is no error.
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    const address = socket.localAddress ?? '';
    const session = new MoodySession({
      socket,
      ledger: this.ledger,
      dice: this.#dice,
      trouble: this.#troubleOf(address),
      pipelining: this.#dice.chance(0.5),
      withAuth: this.#options.withAuth ?? false,
      moodOf: (number, tries) => this.#moodOf(number, tries, address),
    });
    session.run().catch(() => socket.destroy());
  }

  /** Only the first connection meets trouble. */
  #troubleOf(address: string): Mood {
    const trouble = this.#troubles.get(address) ?? pleased;
    if (this.#troubles.delete(address)) this.#failed.add(address);
    return trouble;
  }

  /** An address fails once at most, and early, so that a client that leaves it alone for a while still ends. */
  #moodOf(number: number, tries: number, address: string): Mood {
    const {seed, earlyMessages} = this.#options;
    const mood = moodOf(seed, number, tries);
    if (mood !== 'unfit') return mood;
    if (number >= earlyMessages || this.#failed.has(address)) return pleased;
    this.#failed.add(address);
    return unfitMoods[this.#unfit++ % unfitMoods.length] as Mood;
  }
}

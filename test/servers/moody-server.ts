// An SMTP server on loopback addresses, each of them a site of its own. What its sessions do is moody-session.ts's
// affair; here it is decided when a site as such fails.

import {once} from 'node:events';
import net from 'node:net';
import {Dice} from '../pipeline/dice.ts';
import {Ledger} from '../pipeline/ledger.ts';
import {type Mood, moodOf, pleased, troublesOf, unfitMoods} from './mood.ts';
import {MoodySession} from './moody-session.ts';

export interface MoodyServerOptions {
  readonly seed: number;
  readonly name: string;
  readonly addresses: readonly string[];
  /** Messages below this number may find that the site as such fails. */
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
  /** What is still in store for the first connection to an address. */
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
    // A client that goes away, or that was dropped, is no error of the server.
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    const site = socket.localAddress ?? '';
    const session = new MoodySession({
      socket,
      ledger: this.ledger,
      dice: this.#dice,
      trouble: this.#troubleOf(site),
      pipelining: this.#dice.chance(0.5),
      withAuth: this.#options.withAuth ?? false,
      moodOf: (number, tries) => this.#moodOf(number, tries, site),
    });
    session.run().catch(() => socket.destroy());
  }

  /** Trouble passes: the next connection will find nothing wrong. */
  #troubleOf(site: string): Mood {
    const trouble = this.#troubles.get(site) ?? pleased;
    if (this.#troubles.delete(site)) this.#failed.add(site);
    return trouble;
  }

  /** A site fails once at most, and early: a client that then leaves it alone for a while must come to an end. */
  #moodOf(number: number, tries: number, site: string): Mood {
    const {seed, earlyMessages} = this.#options;
    const mood = moodOf(seed, number, tries);
    if (mood !== 'unfit') return mood;
    if (number >= earlyMessages || this.#failed.has(site)) return pleased;
    this.#failed.add(site);
    return unfitMoods[this.#unfit++ % unfitMoods.length] as Mood;
  }
}

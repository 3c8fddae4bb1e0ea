// A gate at which invocations wait until there are enough of them. So they run side by side, however long the machine
// takes to start them.

import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';

export class Gate {
  /** The highest number that was inside at the same time. */
  most = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param dwellMs how long each stays inside, at least */
  static async opensAt(count: number, dwellMs: number): Promise<Gate> {
    const opened = Promise.withResolvers<void>();
    let inside = 0;
    const server = createServer(async (_, response) => {
      inside += 1;
      gate.most = Math.max(gate.most, inside);
      if (inside === count) opened.resolve();
      await opened.promise;
      await delay(dwellMs);
      inside -= 1;
      response.end();
    });
    const gate = new Gate(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return gate;
  }

  /** For the source of a handler. */
  get wait(): string {
    return `await fetch('http://127.0.0.1:${(this.#server.address() as AddressInfo).port}')`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

// Texts on their way into memory. All of them together are bounded, so that many at a time do not take it all.

import type {Readable} from 'node:stream';
import {Refusal} from './reply.ts';

export interface Read {
  readonly octets: Buffer;
  /** To be called when the text is no longer needed. */
  readonly release: () => void;
}

export class Texts {
  readonly #most: number;
  readonly #mostEach: number;
  #octets = 0;

  /** @param most octets of all texts together @param mostEach of one: the rest of it is not kept */
  constructor(most: number, mostEach: number) {
    this.#most = most;
    this.#mostEach = mostEach;
  }

  /** Reads a text to its end. @throws Refusal where there was no room for it */
  async read(stream: Readable): Promise<Read> {
    let chunks: Buffer[] = [];
    let octets = 0;
    let isFull = false;
    const release = () => {
      this.#octets -= octets;
      octets = 0;
      chunks = [];
    };
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (isFull || octets > this.#mostEach) continue;
        chunks.push(chunk);
        octets += chunk.length;
        this.#octets += chunk.length;
        isFull = this.#octets > this.#most;
        if (isFull) release();
      }
    } catch (error) {
      release();
      throw error;
    }
    if (isFull) throw new Refusal(452, '4.3.1 too many texts at a time: try again later');
    return {octets: Buffer.concat(chunks), release};
  }
}

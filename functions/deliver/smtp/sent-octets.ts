// What was sent over a connection: octets of SMTP, as they were before encryption.

export interface SentOctets {
  /** Commands and texts, dots that were stuffed included. */
  readonly connection: number;
  /** The texts of messages alone. */
  readonly data: number;
}

/** Counts for one connection, in clear and under TLS. */
export class OctetCount {
  #connection = 0;
  #data = 0;

  written(octets: number): void {
    this.#connection += octets;
  }

  text(octets: number): void {
    this.#data += octets;
  }

  /** So far. */
  get sentOctets(): SentOctets {
    return {connection: this.#connection, data: this.#data};
  }
}

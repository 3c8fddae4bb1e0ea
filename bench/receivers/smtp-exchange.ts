// One connection of the embedded receiver: SMTP with PIPELINING, with CHUNKING (RFC 3030) where that is wanted, and with
// STARTTLS. It keeps no message. It believes its client in all but the order of commands that BDAT needs.

import {isDeferred} from '../mail.ts';

export interface Offers {
  readonly chunking: boolean;
  readonly starttls: boolean;
}

export interface Host {
  readonly offers: Offers;
  /** A message has come whole. Its reply is written next. */
  taken(recipient: string): void;
  write(replies: string): void;
  /** Called when the reply to STARTTLS is written. */
  secure(): void;
  end(): void;
}

const endOfText = Buffer.from('\r\n.\r\n');
const none = Buffer.alloc(0);

type Reading = 'line' | 'text' | {readonly isLast: boolean; readonly isWanted: boolean; left: number};

export class SmtpExchange {
  readonly #host: Host;
  #input: Buffer = none;
  #reading: Reading = 'line';
  #replies = '';
  /** Of the transaction; the last one, where there are several. */
  #recipient: string | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  greet(): void {
    this.#host.write('220 receiver.localhost ESMTP\r\n');
  }

  /** All replies to what came together go together. */
  read(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    while (this.#step());
    if (this.#replies === '') return;
    const replies = this.#replies;
    this.#replies = '';
    this.#host.write(replies);
  }

  /** @returns whether there may be more to do */
  #step(): boolean {
    const reading = this.#reading;
    if (reading === 'line') return this.#line();
    if (reading === 'text') return this.#text();
    const octets = Math.min(reading.left, this.#input.length);
    reading.left -= octets;
    this.#input = this.#input.subarray(octets);
    if (reading.left > 0) return false;
    this.#reading = 'line';
    if (!reading.isWanted) this.#say('503 5.5.1 no recipient');
    else if (reading.isLast) this.#taken();
    else this.#say('250 2.0.0 go on');
    return true;
  }

  #text(): boolean {
    const end = this.#input.indexOf(endOfText);
    if (end < 0) {
      // What may be the beginning of the end is kept.
      this.#input = this.#input.subarray(Math.max(0, this.#input.length - endOfText.length + 1));
      return false;
    }
    this.#input = this.#input.subarray(end + endOfText.length);
    this.#reading = 'line';
    this.#taken();
    return true;
  }

  #line(): boolean {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.toString('latin1', 0, end);
    this.#input = this.#input.subarray(end + 2);
    return this.#command(line);
  }

  #command(line: string): boolean {
    const {offers} = this.#host;
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO': {
        const chunking = offers.chunking ? '250-CHUNKING\r\n' : '';
        const starttls = offers.starttls ? '250-STARTTLS\r\n' : '';
        this.#say(
          `250-receiver.localhost\r\n250-PIPELINING\r\n${chunking}${starttls}250-8BITMIME\r\n250 SIZE 52428800`,
        );
        return true;
      }
      case 'HELO':
        this.#say('250 receiver.localhost');
        return true;
      case 'MAIL':
        this.#recipient = undefined;
        this.#say('250 2.1.0 OK');
        return true;
      case 'RCPT': {
        const [, recipient = ''] = /<([^>]*)>/.exec(line) ?? [];
        const isTaken = !isDeferred(recipient);
        if (isTaken) this.#recipient = recipient;
        this.#say(isTaken ? '250 2.1.5 OK' : '450 4.2.0 come again later');
        return true;
      }
      case 'DATA':
        if (this.#recipient !== undefined) {
          this.#reading = 'text';
          // So that a text without a line ends too.
          this.#input = Buffer.concat([Buffer.from('\r\n'), this.#input]);
        }
        this.#say(this.#recipient === undefined ? '503 5.5.1 no recipient' : '354 go on');
        return true;
      case 'BDAT':
        return this.#chunk(line);
      case 'STAR':
        this.#say('220 2.0.0 go on');
        this.#host.write(this.#replies);
        this.#replies = '';
        this.#host.secure();
        return false;
      case 'QUIT':
        this.#host.write(`${this.#replies}221 2.0.0 bye\r\n`);
        this.#replies = '';
        this.#host.end();
        return false;
      case 'RSET':
      case 'NOOP':
        if (/^RSET/i.test(line)) this.#recipient = undefined;
        this.#say('250 2.0.0 OK');
        return true;
      default:
        this.#say('500 5.5.2 unknown command');
        return true;
    }
  }

  #chunk(line: string): boolean {
    const [, octets, last] = /^BDAT (\d+)( LAST)?$/i.exec(line) ?? [];
    if (octets === undefined || !this.#host.offers.chunking) {
      this.#say('500 5.5.2 unknown command');
      return true;
    }
    // It is read whoever sends it, and whatever for (RFC 3030 2).
    this.#reading = {
      isLast: last !== undefined,
      isWanted: this.#recipient !== undefined,
      left: Number(octets),
    };
    return true;
  }

  #taken(): void {
    this.#host.taken(this.#recipient!);
    this.#recipient = undefined;
    this.#say('250 2.0.0 OK');
  }

  #say(reply: string): void {
    this.#replies += `${reply}\r\n`;
  }
}

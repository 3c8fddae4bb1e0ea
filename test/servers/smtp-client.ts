// An SMTP client that says exactly what a test wants, octet for octet, and reads one reply at a time.

import net from 'node:net';
import tls from 'node:tls';

export class SmtpClient {
  #socket: net.Socket;
  #text = '';
  #wake = () => {};
  #ended = false;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    this.#listen();
  }

  /** Settles when connected; the greeting is the first reply. */
  static async connect(port: number): Promise<SmtpClient> {
    const socket = net.connect({port, host: '127.0.0.1', noDelay: true});
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new SmtpClient(socket);
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      this.#wake();
    });
    const end = () => {
      if (socket !== this.#socket) return;
      this.#ended = true;
      this.#wake();
    };
    socket.on('error', end).on('close', end);
  }

  /** The next reply with all its lines, or `closed`. */
  async reply(): Promise<string> {
    for (;;) {
      const [reply] = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(this.#text) ?? [];
      if (reply !== undefined) {
        this.#text = this.#text.slice(reply.length);
        return reply.trimEnd();
      }
      if (this.#ended) return 'closed';
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  write(octets: string | Buffer): void {
    this.#socket.write(octets);
  }

  async say(line: string): Promise<string> {
    this.write(`${line}\r\n`);
    return this.reply();
  }

  /** Sends octets that so many replies come to. @returns their codes */
  async codesOf(octets: string, replies: number): Promise<readonly number[]> {
    this.write(octets);
    const codes: number[] = [];
    while (codes.length < replies) codes.push(Number((await this.reply()).slice(0, 3)));
    return codes;
  }

  /** @param behind what is written behind STARTTLS, in clear */
  async startTls(behind = ''): Promise<void> {
    this.write(`STARTTLS\r\n${behind}`);
    await this.reply();
    this.#socket.removeAllListeners('data');
    const secure = tls.connect({socket: this.#socket, rejectUnauthorized: false});
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve);
      secure.once('error', reject);
    });
    this.#socket = secure;
    this.#listen();
  }

  /** Whom the certificate of the server names. */
  get serverName(): string | string[] | undefined {
    return this.#socket instanceof tls.TLSSocket ? this.#socket.getPeerCertificate().subject.CN : undefined;
  }

  /** Sends a message; its text goes as it is, so dots must be stuffed. @returns the reply to the text */
  async send(text: string | Buffer, to: readonly string[] = ['b@example.org']): Promise<string> {
    await this.say('EHLO client.example.com');
    return this.sendAgain(text, to);
  }

  async sendAgain(text: string | Buffer, to: readonly string[] = ['b@example.org']): Promise<string> {
    await this.say('MAIL FROM:<a@example.com>');
    for (const address of to) await this.say(`RCPT TO:<${address}>`);
    await this.say('DATA');
    this.write(text);
    this.write('.\r\n');
    return this.reply();
  }

  end(): void {
    this.#socket.destroy();
  }
}

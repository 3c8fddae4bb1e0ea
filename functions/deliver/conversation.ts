// Commands and replies on an open SMTP connection, any number of them in flight (RFC 2920). Replies come in the
// order of the commands, so it is always known which command a reply, a silence or a lost connection belongs to.

import type net from 'node:net';
import type {Failure, Stage} from '../../shared/outcome.ts';
import {parseReply, printable, type Reply} from '../../shared/reply.ts';
import {maskedReply} from '../../shared/secrets.ts';
import {allowedMs, type Clock} from './stage-watch.ts';

export type Answer =
  | {readonly ok: true; readonly reply: Reply}
  | {readonly ok: false; readonly failure: Failure};

interface Waiting {
  stage: Stage;
  readonly resolve: (answer: Answer) => void;
}

/** RFC 5321 4.5.3.1.5 has 512 octets for a line; no reply of a working server has more than some dozen lines. */
const maxReplyLength = 16_384;
/** How long a server may take to answer QUIT before the connection is closed on it. */
const quitMs = 2_000;

export class Conversation {
  clock: Clock;
  readonly #socket: net.Socket;
  readonly #secrets: readonly string[];
  readonly #waiting: Waiting[] = [];
  readonly #lines: string[] = [];
  #received = '';
  #timer: NodeJS.Timeout | undefined;
  #open = true;

  /** @param secrets what must not be shown, should the server echo it */
  constructor(socket: net.Socket, clock: Clock, secrets: readonly string[]) {
    this.clock = clock;
    this.#socket = socket;
    this.#secrets = secrets;
    socket.on('data', chunk => this.#receive(chunk.toString('latin1')));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#end('lost', `lost: ${error.code ?? error.message}`),
    );
    socket.on('end', () => this.#end('lost', 'the server closed the connection'));
    socket.on('close', () => this.#end('lost', 'the connection was closed'));
  }

  get open(): boolean {
    return this.#open;
  }

  /** Sends commands in one flight. */
  commands(lines: readonly (readonly [Stage, string])[]): Promise<Answer>[] {
    this.#socket.cork();
    const answers = lines.map(([stage, line]) => {
      const answer = this.#expect(stage);
      if (this.#open) this.#socket.write(`${line}\r\n`);
      return answer;
    });
    this.#socket.uncork();
    return answers;
  }

  /**
   * Sends a message text with its dot: at the stage `data` until the whole of it has left the process. Commands that
   * are written before this turn of the event loop ends leave with it: a server then answers all at once, where
   * a reply to the dot alone would have those behind it wait for its acknowledgement (RFC 1122 4.2.3.2 and 4.2.3.4).
   */
  content(wire: Buffer): Promise<Answer> {
    let waiting: Waiting | undefined;
    const answer = this.#expect('data', created => {
      waiting = created;
    });
    if (!this.#open) return answer;
    this.#socket.cork();
    this.#socket.write(wire, error => {
      if (error || waiting === undefined) return;
      waiting.stage = 'message';
      if (this.#waiting[0] === waiting) this.#watch();
    });
    process.nextTick(() => this.#socket.uncork());
    return answer;
  }

  #expect(stage: Stage, created: (waiting: Waiting) => void = () => {}): Promise<Answer> {
    return new Promise(resolve => {
      if (!this.#open) return resolve(failed(stage, 'lost', 'the connection is closed'));
      const waiting = {stage, resolve};
      created(waiting);
      this.#waiting.push(waiting);
      if (this.#waiting.length === 1) this.#watch();
    });
  }

  /** The time of a stage begins when its command is the next to be answered. */
  #watch(): void {
    clearTimeout(this.#timer);
    const stage = this.#waiting[0]?.stage;
    if (stage === undefined) return;
    this.#timer = setTimeout(
      () => this.#end('timeout', `no reply in time at ${stage}`),
      allowedMs(stage, this.clock),
    );
  }

  #receive(text: string): void {
    this.#received += text;
    const lines = text.includes('\n') ? this.#received.split('\n') : [this.#received];
    this.#received = lines.pop()!;
    for (const line of lines) {
      this.#lines.push(line);
      if (/^\d{3}-/.test(line)) continue;
      if (this.#open) this.#answer(this.#lines.splice(0).join('\n'));
    }
    this.#checkLength();
  }

  #checkLength(): void {
    const length = this.#received.length + this.#lines.reduce((sum, line) => sum + line.length, 0);
    if (length > maxReplyLength) this.#end('invalid', 'a reply without an end');
  }

  #answer(raw: string): void {
    const text = maskedReply(Buffer.from(raw, 'latin1').toString('utf8'), this.#secrets);
    const reply = parseReply(text);
    if (reply === undefined) {
      this.#end('invalid', `not an SMTP reply: ${printable(text)}`);
      return;
    }
    const waiting = this.#waiting.shift();
    waiting?.resolve({ok: true, reply});
    // Said without being asked, or as a goodbye: nobody knows what the server would answer next.
    if (waiting === undefined || reply.code === 421)
      this.#end('lost', `the server closed the connection: ${reply.text}`);
    else this.#watch();
  }

  /** The first who waits is told what happened; those behind, that the connection is lost. */
  #end(result: Failure['result'], description: string): void {
    if (!this.#open) return;
    this.#open = false;
    clearTimeout(this.#timer);
    this.#socket.destroy();
    for (const [index, {stage, resolve}] of this.#waiting.splice(0).entries()) {
      resolve(failed(stage, index === 0 ? result : 'lost', description));
    }
  }

  /** Says goodbye, and closes when it has been heard. */
  quit(): void {
    if (!this.#open) return;
    this.#open = false;
    clearTimeout(this.#timer);
    this.#socket.end('QUIT\r\n');
    setTimeout(() => this.#socket.destroy(), quitMs).unref();
  }

  close(): void {
    this.#end('lost', 'closed by us');
  }
}

const failed = (stage: Stage, result: Failure['result'], description: string): Answer => ({
  ok: false,
  failure: {stage, result, description},
});

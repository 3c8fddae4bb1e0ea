// Commands and replies on an SMTP connection, any number of them in flight (RFC 2920). Replies come in the order of the
// commands. So it is always known which command a reply, a silence or a lost connection belongs to.

import type net from 'node:net';
import type {Content} from '../../../shared/smtp/content.ts';
import type {Failure, Stage} from '../../../shared/smtp/failure.ts';
import {lateMs} from '../../../shared/smtp/patience.ts';
import {type RawReply, ReplyReader} from '../../../shared/smtp/reply.ts';
import {type Answer, answerOf, failed} from './answer.ts';
import {OctetCount, type SentOctets} from './sent-octets.ts';
import {allowedMs, type Deadline} from './timeouts.ts';

/** A command, or a text, that waits for its reply. */
interface Waiting {
  stage: Stage;
  readonly deadline: Deadline;
  readonly promise: Promise<Answer>;
  readonly resolve: (answer: Answer) => void;
}

type Lines = readonly (readonly [Stage, string])[];
type Hears = (answer: Answer) => void;
type Chunk = Pick<Content, 'octets' | 'size'>;

/** How long a server may take to answer QUIT before the connection is closed on it. */
const quitMs = 2_000;

export class Conversation {
  deadline: Deadline;
  readonly #socket: net.Socket;
  readonly #secrets: readonly string[];
  readonly #count: OctetCount;
  readonly #waiting: Waiting[] = [];
  readonly #reader = new ReplyReader();
  readonly #onData = (octets: Buffer) => this.#receive(octets);
  readonly #onError = (error: NodeJS.ErrnoException) => this.#lose(`lost: ${error.code ?? error.message}`);
  readonly #onEnd = () => this.#lose('the server closed the connection');
  readonly #onClose = () => this.#lose('the connection was closed');
  #timer: NodeJS.Timeout | undefined;
  #loss: string | undefined;
  #hasLeft = false;
  #hasSaidUnasked = false;
  #askedMs = 0;
  #roundTripMs = Number.POSITIVE_INFINITY;

  /**
   * @param socket may be paused, so that nothing is missed
   * @param secrets what must not be shown if the server echoes it
   * @param count of the connection, where it had another conversation before
   */
  constructor(socket: net.Socket, deadline: Deadline, secrets: readonly string[], count = new OctetCount()) {
    this.deadline = deadline;
    this.#socket = socket;
    this.#secrets = secrets;
    this.#count = count;
    socket.on('data', this.#onData).on('error', this.#onError);
    socket.on('end', this.#onEnd).on('close', this.#onClose);
    socket.resume();
    if (socket.destroyed || socket.readableEnded) this.#lose('the connection was closed');
  }

  get open(): boolean {
    return this.#loss === undefined;
  }

  /** Why nothing can be said any more; undefined while the connection is open. */
  get loss(): string | undefined {
    return this.#loss;
  }

  /** Whether the server has answered a command by 421: it deals with none of those behind it. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** Whether there was a reply too many. */
  get hasSaidUnasked(): boolean {
    return this.#hasSaidUnasked;
  }

  /** The shortest time in which it was answered, as far as is known. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** What it has sent so far, and those before it on the connection. */
  get sentOctets(): SentOctets {
    return this.#count.sentOctets;
  }

  /** The greeting, which comes without a command. To be called before this turn of the event loop ends. */
  greeting(): Promise<Answer> {
    return this.#expect('intro').promise;
  }

  command(stage: Stage, line: string): Promise<Answer> {
    return this.commands([[stage, line]])[0]!;
  }

  /**
   * Sends commands in one flight.
   * @param hears is told what each comes to before the next reply is given to the next command. It may close the conversation.
   */
  commands(lines: Lines, hears?: Hears): Promise<Answer>[] {
    this.#socket.cork();
    const answers = lines.map(([stage, line]) => {
      const {promise} = this.#expect(stage, hears);
      if (this.open) this.#write(`${line}\r\n`);
      return promise;
    });
    this.#socket.uncork();
    return answers;
  }

  /**
   * Sends a message text with its dot. The stage is `data` until the whole of it has left the process. Commands that
   * are written before this turn of the event loop ends leave with the text. A server then answers all of them at
   * once: its later replies need not wait until the reply to the dot is acknowledged (RFC 1122 4.2.3.2 and 4.2.3.4).
   */
  content({wire, size}: Pick<Content, 'wire' | 'size'>): Promise<Answer> {
    const waiting = this.#expect('data');
    if (!this.open) return waiting.promise;
    this.#socket.cork();
    this.#count.text(size);
    this.#write(wire, error => {
      if (!error) this.#hasLeftProcess(waiting);
    });
    process.nextTick(() => this.#socket.uncork());
    return waiting.promise;
  }

  /**
   * Sends commands, and behind them a text by BDAT (RFC 3030), in one write. As long as the write is not over, the text
   * has not left as a whole, and no other may be written: it would count with that.
   * @param deadline of the text
   * @param hears as above, at last of the text
   * @returns settles when all octets have left the process, or the connection is lost
   */
  flight(lines: Lines, {octets, size}: Chunk, deadline: Deadline, hears: Hears): Promise<void> {
    const {promise: left, resolve} = Promise.withResolvers<void>();
    for (const [stage] of lines) this.#expect(stage, hears);
    this.deadline = deadline;
    const waiting = this.#expect('data', hears);
    if (!this.open) return Promise.resolve();
    this.#socket.cork();
    this.#write(`${lines.map(([, line]) => `${line}\r\n`).join('')}BDAT ${size} LAST\r\n`);
    this.#count.text(size);
    this.#write(octets(), error => {
      if (!error) this.#hasLeftProcess(waiting);
      resolve();
    });
    this.#socket.uncork();
    return left;
  }

  #hasLeftProcess(waiting: Waiting): void {
    waiting.stage = 'message';
    if (this.#waiting[0] === waiting) this.#watch();
  }

  #write(octets: string | Buffer, done?: (error?: Error | null) => void): void {
    this.#count.written(Buffer.byteLength(octets));
    this.#socket.write(octets, done);
  }

  #expect(stage: Stage, hears?: Hears): Waiting {
    const {promise, resolve: settle} = Promise.withResolvers<Answer>();
    const resolve = (answer: Answer) => {
      settle(answer);
      hears?.(answer);
    };
    const waiting = {stage, deadline: this.deadline, promise, resolve};
    if (this.#loss !== undefined) resolve(failed(stage, 'lost', this.#loss));
    else if (this.#waiting.push(waiting) === 1) {
      this.#askedMs = this.deadline.now();
      this.#watch();
    }
    return waiting;
  }

  /** The time of a stage begins when its command is the next to be answered. */
  #watch(): void {
    clearTimeout(this.#timer);
    const [waiting] = this.#waiting;
    if (waiting === undefined) return;
    const {stage, deadline} = waiting;
    const breakOff = () => this.#breakOff('timeout', `no reply in time at ${stage}`);
    const waitFor = (ms: number) => {
      const isLast = deadline.waitsOn === undefined || ms <= lateMs;
      const isWaitedFor = () => waiting === this.#waiting[0] && stage === waiting.stage;
      const overdue = async () => {
        if (!isWaitedFor()) return;
        if (isLast) return breakOff();
        const waitsOn = await deadline.waitsOn?.(stage);
        if (!isWaitedFor()) return;
        if (waitsOn) waitFor(ms - lateMs);
        else breakOff();
      };
      // What came while the process did not run is read first: after it was frozen, timers are run before sockets are read.
      this.#timer = setTimeout(() => setImmediate(overdue), isLast ? ms : lateMs);
    };
    waitFor(allowedMs(stage, deadline));
  }

  #receive(octets: Buffer): void {
    if (!this.open) return;
    for (const reply of this.#reader.push(octets)) if (this.open) this.#answer(reply);
    if (this.#reader.isEndless) this.#breakOff('invalid', 'a reply without an end');
  }

  #answer(raw: RawReply): void {
    const waiting = this.#waiting.shift();
    if (this.#askedMs > 0 && waiting) {
      this.#roundTripMs = Math.min(this.#roundTripMs, waiting.deadline.now() - this.#askedMs);
      this.#askedMs = 0;
    }
    const answer = answerOf(raw, waiting?.stage, this.#secrets);
    if (waiting === undefined) this.#hasSaidUnasked = true;
    else if (raw.code === 421) this.#hasLeft = true;
    waiting?.resolve(answer);
    const words = answer.ok ? `${answer.reply.code} ${answer.reply.text}` : answer.failure.description;
    // A server that does not know EHLO may say so in any way. HELO comes next, on the same connection.
    const goesOn = answer.ok ? raw.isValid && raw.code !== 421 : waiting?.stage === 'ehlo';
    if (waiting !== undefined && goesOn) this.#watch();
    // From here on nobody knows which command a reply belongs to.
    else this.#lose(`${waiting ? 'the connection was given up after' : 'the server said unasked'}: ${words}`);
  }

  #lose(description: string): void {
    this.#breakOff('lost', description);
  }

  /** The first command that waits gets what happened. Those behind it get a lost connection. */
  #breakOff(result: Failure['result'], description: string): void {
    if (!this.open) return;
    this.#loss = description;
    clearTimeout(this.#timer);
    this.#socket.destroy();
    for (const [index, {stage, resolve}] of this.#waiting.splice(0).entries()) {
      const raw = index === 0 && stage === 'message' ? this.#reader.breakOff() : undefined;
      // A reply to the dot that broke off still decides if its digits are there.
      if (raw?.code !== undefined) resolve(answerOf(raw, stage, this.#secrets));
      else resolve(failed(stage, index === 0 ? result : 'lost', description));
    }
  }

  /**
   * Ends the conversation and leaves the socket to somebody else. Where octets have come that nobody asked for, it
   * closes the connection and returns false: what was sent in clear must not be believed under TLS (CVE-2011-0411).
   */
  release(): boolean {
    if (this.#reader.isInside) this.#lose('the server said more than it was asked for');
    if (!this.open) return false;
    this.#loss = 'the connection serves another conversation';
    this.#socket.off('data', this.#onData).off('error', this.#onError);
    this.#socket.off('end', this.#onEnd).off('close', this.#onClose);
    return true;
  }

  /** Settles when nothing waits for a reply. What has none within this time will not be waited for: the connection is closed. */
  async answered(withinMs: number): Promise<void> {
    const last = this.#waiting.at(-1);
    if (last === undefined) return;
    const timer = setTimeout(() => this.#breakOff('timeout', 'no reply in time'), withinMs);
    await last.promise;
    clearTimeout(timer);
  }

  /** Says goodbye, and settles when the connection is closed. */
  async quit(): Promise<void> {
    if (!this.open) return;
    this.#loss = 'closed by us';
    clearTimeout(this.#timer);
    const closed = new Promise<void>(resolve => this.#socket.once('close', () => resolve()));
    this.#socket.end('QUIT\r\n');
    setTimeout(() => this.#socket.destroy(), quitMs).unref();
    await closed;
  }

  close(why = 'closed by us'): void {
    this.#lose(why);
  }
}

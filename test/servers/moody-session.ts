// One connection to a moody server: it speaks SMTP as the moods have it, and notes everything in the ledger.

import type net from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import type {Dice} from '../samples/dice.ts';
import type {Dealings, Ledger} from './ledger.ts';
import type {Mood, Stage} from './mood.ts';
import {SmtpInput} from './smtp-input.ts';

export interface MoodySessionOptions {
  readonly socket: net.Socket;
  readonly ledger: Ledger;
  readonly dice: Dice;
  /** What is wrong with the connection as such. */
  readonly trouble: Mood;
  readonly pipelining: boolean;
  /** It wants AUTH, and takes any credentials. */
  readonly withAuth: boolean;
  readonly moodOf: (number: number, tries: number) => Mood;
}

interface Transaction {
  readonly sender: string;
  readonly parameters: string;
  recipient?: string;
  dealings?: Dealings;
  mood?: Mood;
  close?: () => void;
}

const extensions = ['8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'SIZE 10485760'];
const longestDelayMs = 60;
const taken: Mood = {stage: 'message', act: 'please', reply: '250 2.0.0'};

export class MoodySession {
  readonly #options: MoodySessionOptions;
  readonly #input = new SmtpInput();
  readonly #chunks: AsyncIterator<Buffer>;
  #transaction: Transaction | undefined;
  #login: string | undefined;
  #over = false;

  constructor(options: MoodySessionOptions) {
    this.#options = options;
    this.#chunks = options.socket[Symbol.asyncIterator]();
  }

  /** @throws Error when the client resets the connection */
  async run(): Promise<void> {
    const {trouble, pipelining} = this.#options;
    try {
      if (await this.#isUsual('intro', trouble)) this.#say('220 moody.example ESMTP');
      for (;;) {
        const line = await this.#next(this.#input.line);
        if (line === undefined) return;
        // This was still on its way when the connection ended.
        if (this.#over) continue;
        if (!pipelining && this.#input.rest !== '') this.#object(`pipelined unasked: ${line}`);
        await this.#command(line);
      }
    } finally {
      this.#end();
    }
  }

  /** A line or a text, once it is there; undefined when no more will come. */
  async #next(take: () => string | undefined): Promise<string | undefined> {
    for (;;) {
      const taken = take();
      if (taken !== undefined) return taken;
      if (!(await this.#more())) return undefined;
    }
  }

  /** @returns false when no more will come */
  async #more(): Promise<boolean> {
    const {value, done} = await this.#chunks.next();
    if (!done) this.#input.add(value);
    return !done;
  }

  async #command(line: string): Promise<void> {
    const {trouble, pipelining, dice, socket} = this.#options;
    const [verb = ''] = line.toUpperCase().split(/[ :]/, 1);
    const transaction = this.#transaction;
    if (verb === 'EHLO' || verb === 'HELO') {
      if (await this.#isUsual('ehlo', trouble)) this.#say(this.#greeting(verb));
    } else if (verb === 'AUTH') {
      const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
        .toString()
        .split('\0');
      if (!(await this.#isUsual('authplain', trouble))) return;
      this.#login = `${user}:${password}`;
      this.#say('235 2.7.0 welcome');
    } else if (verb === 'MAIL') {
      await this.#mail(line);
    } else if (verb === 'RCPT' && transaction) {
      await this.#rcpt(transaction, line);
    } else if (verb === 'DATA' && transaction?.recipient !== undefined) {
      await this.#data(transaction as Required<Transaction>);
    } else if (verb === 'RSET') {
      this.#end();
      this.#say('250 2.0.0 ok');
    } else if (verb === 'QUIT') {
      this.#say('221 2.0.0 bye');
      this.#over = true;
      socket.end();
    } else {
      // Pipelined behind a refusal (RFC 2920 3.1). The client must not take this reply for the reason.
      if (!pipelining) this.#object(`out of order: ${line}`);
      this.#say(dice.oneOf(['503 5.5.1 out of order', '554 5.5.1 no valid recipients']));
    }
  }

  #greeting(verb: 'EHLO' | 'HELO'): string {
    const {pipelining, withAuth} = this.#options;
    const offered = [
      ...extensions,
      ...(pipelining ? ['PIPELINING'] : []),
      ...(withAuth ? ['AUTH PLAIN LOGIN'] : []),
    ];
    const lines = ['moody.example', ...(verb === 'EHLO' ? offered : [])];
    return lines.map((text, index) => `250${index < lines.length - 1 ? '-' : ' '}${text}`).join('\r\n');
  }

  async #mail(line: string): Promise<void> {
    if (this.#transaction) this.#object(`nested: ${line}`);
    if (this.#options.withAuth && this.#login === undefined) this.#object(`without AUTH: ${line}`);
    const [, sender = '', parameters = ''] = /^MAIL FROM:<(.*?)>(.*)$/.exec(utf8(line)) ?? [];
    const transaction: Transaction = {sender, parameters};
    this.#transaction = transaction;
    this.#recognise(transaction, sender);
    // The null reverse-path has no number; the recipient has.
    if (transaction.mood && !(await this.#isUsual('mailfrom', transaction.mood, transaction.dealings)))
      return;
    this.#say('250 2.1.0 ok');
  }

  async #rcpt(transaction: Transaction, line: string): Promise<void> {
    const recipient = /^RCPT TO:<(.*)>/.exec(utf8(line))?.[1] ?? '';
    if (transaction.recipient !== undefined) this.#object(`a second recipient: ${recipient}`);
    transaction.recipient = recipient;
    if (transaction.dealings === undefined) this.#recognise(transaction, recipient);
    transaction.close = this.#options.ledger.opened(
      recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase(),
    );
    const {sender, parameters} = transaction;
    if (/[^\0-\x7f]/.test(sender + recipient) && !/ SMTPUTF8\b/.test(parameters))
      this.#object(`a UTF-8 address without SMTPUTF8: ${line}`);
    if (await this.#isUsual('rcptto', transaction.mood!, transaction.dealings)) this.#say('250 2.1.5 ok');
  }

  async #data({mood, dealings, sender, recipient, parameters}: Required<Transaction>): Promise<void> {
    if (!(await this.#isUsual('data', mood, dealings))) return;
    this.#say('354 go on');
    if (mood.act === 'cut') {
      await this.#more();
      this.#options.ledger.shown.add('cut message');
      this.#drop();
      return;
    }
    const stuffed = await this.#next(this.#input.text);
    if (stuffed === undefined) return;
    const text = stuffed.replace(/(^|\r\n)\./g, '$1');
    const login = this.#login;
    if (/\r(?!\n)|(?<!\r)\n/.test(text)) this.#object(`a bare CR or LF to ${recipient}`);
    if (/[\x80-\xff]/.test(text) && !/ BODY=8BITMIME\b/.test(parameters))
      this.#object(`8 bit, undeclared, to ${recipient}`);
    if (!` ${parameters} `.includes(` SIZE=${text.length} `))
      this.#object(`${text.length} octets, announced by${parameters}, to ${recipient}`);
    const keep = (told: boolean) => dealings.arrivals.push({sender, recipient, text, login, told});
    if (mood.stage === 'message' && mood.act === 'drop') keep(false);
    if (!(await this.#isUsual('message', mood, dealings))) return;
    keep(true);
    this.#reply('message', taken, dealings);
    this.#end();
  }

  #recognise(transaction: Transaction, address: string): void {
    const known = this.#options.ledger.dealingsWith(address);
    if (known === undefined) return;
    const {number, dealings} = known;
    transaction.dealings = dealings;
    transaction.mood = this.#options.moodOf(number, dealings.moods.length + 1);
    dealings.moods.push(transaction.mood);
  }

  /** Acts out the mood at this stage. @returns whether the session goes on as usual */
  async #isUsual(stage: Stage, mood: Mood, dealings?: Dealings): Promise<boolean> {
    if (mood.stage !== stage || mood.act === 'please') return true;
    this.#options.ledger.shown.add(`${mood.act} ${stage}`);
    if (mood.act === 'delay') {
      await delay(this.#options.dice.whole(1, longestDelayMs));
      return true;
    }
    this.#end();
    if (mood.reply === '') {
      this.#drop();
      return false;
    }
    this.#reply(stage, mood, dealings);
    if (mood.act !== 'leave') return false;
    this.#over = true;
    this.#options.socket.end();
    return false;
  }

  #drop(): void {
    const {socket, dice} = this.#options;
    this.#over = true;
    this.#end();
    if (dice.chance(0.5)) socket.resetAndDestroy();
    else socket.destroy();
  }

  #end(): void {
    this.#transaction?.close?.();
    this.#transaction = undefined;
  }

  #reply(stage: Stage, mood: Mood, dealings: Dealings | undefined): void {
    const {ledger, dice} = this.#options;
    this.#say(ledger.reply(stage, mood, dealings, dice.chance(0.3)));
  }

  #say(reply: string): void {
    this.#options.socket.write(`${reply}\r\n`, 'latin1');
  }

  #object(what: string): void {
    this.#options.ledger.violations.push(what);
  }
}

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

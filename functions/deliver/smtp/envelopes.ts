// The envelopes of one connection that go ahead of a text by DATA: MAIL, RCPT and DATA, in one flight where the server offers
// PIPELINING. In the first of them stands the question whether the server knows BDAT.

import {type Probed, probe, probedOf} from '../../../shared/smtp/bdat-probe.ts';
import type {Failure} from '../../../shared/smtp/failure.ts';
import {outOfStep} from '../../../shared/smtp/flight-replies.ts';
import type {Command} from '../../../shared/smtp/mail-parameters.ts';
import {isClean} from '../../../shared/smtp/spent-connection.ts';
import {type Answer, failureOf} from './answer.ts';
import type {Conversation} from './conversation.ts';
import {reset} from './flights.ts';
import {hurried, unclearProbe} from './sent.ts';
import type {Deadline} from './timeouts.ts';

interface EnvelopesOptions {
  readonly pipelining: boolean;
  /** Whether the server may be asked if it knows BDAT. */
  readonly mayProbe: boolean;
}

export class Envelopes {
  /** Whether the server was asked if it knows BDAT. */
  hasProbed = false;
  /** Whether the server has taken a MAIL. */
  hasTakenMail = false;
  /** Whether the server is in a transaction that came to nothing. */
  isDirty = false;
  readonly #conversation: Conversation;
  readonly #pipelining: boolean;
  #bdat: Probed | 'unasked';

  constructor(conversation: Conversation, {pipelining, mayProbe}: EnvelopesOptions) {
    this.#conversation = conversation;
    this.#pipelining = pipelining;
    this.#bdat = pipelining && mayProbe ? 'unasked' : 'unknown';
  }

  get bdat(): Probed | 'unasked' {
    return this.#bdat;
  }

  /**
   * @param commands MAIL, RCPT and DATA
   * @param mayProbe whether flights are wanted at all
   * @returns why the text must not be sent, or undefined when the server waits for it
   */
  async send(
    commands: readonly Command[],
    deadline: Deadline,
    mayProbe: boolean,
  ): Promise<Failure | undefined> {
    const conversation = this.#conversation;
    const isReset = this.isDirty;
    this.isDirty = false;
    const probes = mayProbe && !isReset && this.#bdat === 'unasked';
    const failures = probes
      ? await this.#askWithProbe(commands)
      : await this.#ask(isReset ? [reset, ...commands] : commands, deadline);
    if (!Array.isArray(failures)) return failures;
    const refused = failures.find(failure => failure !== undefined);
    if (isReset && failures.shift() !== undefined) {
      // MAIL may now stand in the transaction before, and RCPT add to its recipients.
      this.isDirty = true;
      conversation.close();
      return {stage: 'mailfrom', result: 'lost', description: `RSET: ${refused!.description}`};
    }
    const isTaken = failures[0] === undefined;
    this.hasTakenMail ||= isTaken;
    if (refused === undefined) return undefined;
    const isDataTaken = failures.length === commands.length && failures.at(-1) === undefined;
    if (!isClean(refused.reply) || (isDataTaken && !isTaken)) conversation.close();
    // RFC 2920 3.1: the server took DATA although no recipient is left. A dot alone ends it.
    else if (isDataTaken) void conversation.content({wire: Buffer.from('.\r\n'), size: 0});
    else this.isDirty = isTaken;
    return refused;
  }

  /** @returns what each command came to. After a failure no further flight is sent. */
  async #ask(commands: readonly Command[], deadline: Deadline): Promise<(Failure | undefined)[]> {
    const conversation = this.#conversation;
    const failures: (Failure | undefined)[] = [];
    for (const flight of this.#pipelining ? [commands] : commands.map(command => [command])) {
      conversation.deadline = flight[0]![1] === 'RSET' ? hurried(deadline) : deadline;
      const answers = conversation.commands(flight);
      conversation.deadline = deadline;
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        const [stage, line] = flight[index]!;
        failures.push(failureOf(answer, stage, line === 'DATA' ? 3 : 2));
      }
      if (failures.some(failure => failure !== undefined)) break;
    }
    return failures;
  }

  /**
   * The commands in one flight, behind the question whether the server knows BDAT.
   * @returns what each came to; or one failure where nothing on the connection can be believed
   */
  async #askWithProbe(commands: readonly Command[]): Promise<(Failure | undefined)[] | Failure> {
    const conversation = this.#conversation;
    this.hasProbed = true;
    const heard: Answer[] = [];
    let probed: Probed | undefined;
    const answers = conversation.commands([probe, ...commands]).map(async (answer, index) => {
      heard[index] = await answer;
      // At once: of a server that has lost a command, the last reply would be waited for in vain.
      if (probed !== 'unclear') probed = probedOf(heard);
      if (probed === 'unclear') conversation.close(outOfStep);
    });
    await Promise.all(answers);
    const [ofProbe, ...others] = heard as [Answer, ...Answer[]];
    this.#bdat = probed ?? 'unasked';
    if (probed === 'unclear') return ofProbe.ok ? unclearProbe(ofProbe.reply.text) : ofProbe.failure;
    return others.map((answer, index) => failureOf(answer, commands[index]![0], index === 2 ? 3 : 2));
  }
}

// SES's client and its command, in front of the outbox: for programs that send over SES, nodemailer among them.

import {problemOf} from '../enqueue.ts';
import {MailProblem} from './mail-problem.ts';
import {MailQueue, type QueueOptions, type Submitted} from './mail-queue.ts';
import {messageIdIn} from './mail-text.ts';
import {parseSesInput} from './ses-input.ts';
import {recipientsOf, senderOf, sesMailOf} from './ses-mail.ts';

export interface SesSent {
  /** The Message-ID of the text, without its angle brackets. */
  readonly MessageId: string;
  readonly $metadata: object;
  /** The ids by which results and the log know the messages. */
  readonly queued: readonly {readonly recipient: string; readonly id: string}[];
}

/** Under a name that SES or SQS gives to such a failure. */
export interface SesError extends Error {
  readonly $metadata: object;
  /** Where SQS has taken only some: who gets the mail already, and who does not. */
  readonly queued?: SesSent['queued'];
  readonly failed?: readonly {readonly recipient: string; readonly problem: string}[];
}

const sesError = (name: string, message: string, details: object = {}): SesError =>
  Object.assign(new Error(message), {name, $metadata: {}, ...details});

/** What nodemailer's SES transport sends to, to see whether it may send. */
const nobody = 'invalid@invalid';

export class SendEmailCommand {
  readonly input: unknown;

  constructor(input: unknown) {
    this.input = input;
  }
}

export class RelayqSesClient {
  readonly config: {readonly region: () => Promise<string>};
  readonly #queue: MailQueue;
  readonly #message: NonNullable<QueueOptions['message']>;

  constructor(options: QueueOptions) {
    this.#queue = new MailQueue(options);
    this.#message = options.message ?? {};
    const {config} = this.#queue.client;
    this.config = {region: () => config.region()};
  }

  /**
   * @param command a SendEmailCommand, of @aws-sdk/client-sesv2 too
   * @throws SesError
   */
  async send(command: object): Promise<SesSent> {
    try {
      const input = parseSesInput((command as SendEmailCommand).input);
      if (senderOf(input) === nobody && recipientsOf(input).every(address => address === nobody))
        return await this.#verify();
      const mail = await sesMailOf(input, this.#message);
      const queued = queuedOf(this.#queue.url, await this.#queue.submit(mail));
      return {MessageId: messageIdIn(mail.mime)!.replace(/^<(.*)>$/s, '$1'), $metadata: {}, queued};
    } catch (error) {
      throw error instanceof MailProblem ? sesError('BadRequestException', error.message) : error;
    }
  }

  async #verify(): Promise<never> {
    await this.#queue.verify().catch(cause => {
      throw sesError(cause.name, `${this.#queue.url}: ${problemOf(cause)}`, {cause});
    });
    throw sesError('MessageRejected', `the queue is there; mail to ${nobody} is not put on it`);
  }

  destroy(): void {
    this.#queue.close();
  }
}

/** @throws SesError unless SQS has taken all */
function queuedOf(url: string, submitted: readonly Submitted[]): SesSent['queued'] {
  const queued = submitted.flatMap(each => (each.ok ? [{recipient: each.recipient, id: each.id}] : []));
  const failures = submitted.filter(each => !each.ok);
  const [first] = failures;
  if (first === undefined) return queued;
  const {problem, isRefused, cause} = first;
  const name = isRefused
    ? 'MessageRejected'
    : cause instanceof Error
      ? cause.name
      : 'InternalServiceErrorException';
  const some = `; the mail is queued for ${queued.length} of ${submitted.length} recipients: see queued and failed`;
  throw sesError(name, `${url}: ${problem}${queued.length > 0 ? some : ''}`, {
    queued,
    failed: failures.map(({recipient, problem}) => ({recipient, problem})),
    ...(cause !== undefined && {cause}),
  });
}

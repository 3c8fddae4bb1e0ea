// Mails onto the outbox: checked, then a message for each recipient.

import {GetQueueUrlCommand, type SQSClient} from '@aws-sdk/client-sqs';
import {maxMessageOctets} from '../../shared/delivery/result.ts';
import {bodyOf, octetsOf} from '../../shared/json.ts';
import {parseMessage} from '../../shared/message/message-body.ts';
import type {OutboxMessage} from '../../shared/message/outbox-message.ts';
import {problemsText} from '../../shared/parsed.ts';
import type {Placed} from '../enqueue.ts';
import {Outbox} from '../outbox.ts';
import {MailProblem} from './mail-problem.ts';
import {tooLarge} from './mail-text.ts';
import {clientFor, type QueuePlace, queuePlaceOf} from './queue-client.ts';

export interface QueueOptions {
  /** Of the stage's outbox. */
  readonly queueUrl: string;
  /** In place of one that is made with the SDK's own settings, and with the region that the URL names. */
  readonly client?: SQSClient;
  /** Where SQS is, if the URL does not say it. */
  readonly endpoint?: string;
  /** Properties of every message. */
  readonly message?: MessageProperties;
}

/** What a message can say beside its text, its sender and its recipient. */
export type MessageProperties = Omit<OutboxMessage, (typeof ownProperties)[number]>;

const ownProperties = ['recipient', 'envelope', 'mime'] as const;

export interface Mail {
  /** MAIL FROM; empty for the null reverse-path. */
  readonly sender: string;
  /** Each once. */
  readonly recipients: readonly string[];
  readonly mime: string;
  readonly properties: MessageProperties;
}

/** What became of the message for a recipient. */
export type Submitted = Placed & {readonly recipient: string};

/** No more bodies than this are made at a time: the text is in each of them. */
const bodiesAtOnce = 80;

export class MailQueue {
  readonly client: SQSClient;
  readonly url: string;
  readonly #place: QueuePlace;
  readonly #isOwnClient: boolean;
  readonly #outbox: Outbox;

  /** @throws MailProblem where the URL is not that of an outbox */
  constructor({queueUrl, client, endpoint}: QueueOptions) {
    this.#place = queuePlaceOf(queueUrl);
    this.url = queueUrl;
    this.client = client ?? clientFor(this.#place, endpoint);
    this.#isOwnClient = client === undefined;
    this.#outbox = new Outbox(this.client, queueUrl);
  }

  /** Whether the queue is there. @throws what the client throws */
  async verify(): Promise<void> {
    const {name: QueueName, accountId} = this.#place;
    await this.client.send(
      new GetQueueUrlCommand({QueueName, ...(accountId && {QueueOwnerAWSAccountId: accountId})}),
    );
  }

  /**
   * Ends with the first request that fails as a whole: what is left then fails for the same reason.
   * @throws MailProblem where it is no message
   */
  async submit(mail: Mail): Promise<readonly Submitted[]> {
    checkMail(mail);
    const submitted: Submitted[] = [];
    const recipients = mail.recipients.entries();
    let failed: Placed | undefined;
    const worker = async () => {
      for (const [index, recipient] of recipients) {
        const placed = failed ?? (await this.#outbox.place(bodyFor(recipient, mail)));
        if (!placed.ok && placed.cause !== undefined) failed = placed;
        submitted[index] = {...placed, recipient};
      }
    };
    await Promise.all(Array.from({length: bodiesAtOnce}, worker));
    return submitted;
  }

  close(): void {
    if (this.#isOwnClient) this.client.destroy();
  }
}

const bodyFor = (recipient: string, {sender, mime, properties}: Mail): string =>
  bodyOf({...properties, envelope: sender || '<>', recipient, mime});

/** By the rules of the route function. @throws MailProblem */
function checkMail(mail: Mail): void {
  for (const name of [...ownProperties, 'relayq'])
    if (Object.hasOwn(mail.properties, name))
      throw new MailProblem(`${name} is not a property of a mail: its envelope and its text say it`);
  const longest = mail.recipients.reduce((a, b) => (octetsOf(a) >= octetsOf(b) ? a : b));
  const body = writtenBody(longest, mail);
  const octets = octetsOf(body);
  if (octets > maxMessageOctets) throw tooLarge(`${octets}`);
  const parsed = parseMessage(body, {id: 'to-be-sent', arrivedMs: Date.now()});
  if (!parsed.ok) throw new MailProblem(problemsText(parsed.problems));
}

function writtenBody(recipient: string, mail: Mail): string {
  try {
    return bodyFor(recipient, mail);
  } catch (error) {
    // What is circular, or a BigInt.
    throw new MailProblem(`the properties cannot be written as JSON: ${(error as Error).message}`);
  }
}

// Takes messages out of a queue to look at them. SQS has no other way to look: a message that is received is hidden from
// others for a while. Whoever opens a box closes it, and what it still holds is visible again at once.

import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {queueUrlOf} from '../aws/queues.ts';
import type {Context} from '../command/context.ts';
import {countOf} from '../terminal/printable.ts';
import {isNamed, type Letter, letterOf} from './letter.ts';
import type {LetterQueue} from './letter-queues.ts';

/** SQS takes up to ten in a request. */
const mostInRequest = 10;
/** For how long messages are hidden if this process dies. Looking for one among many takes longer. */
const hiddenSeconds = 60;
const mostHiddenSeconds = 900;
const looksPerSecond = 20;
/** SQS lets this many be in flight; a few are left to others. */
const mostLooks = 100_000;
/** A queue may say that it is empty while it is not: it is asked again as long as there should be more. */
const mostEmptyAnswers = 2;

export class LetterBox {
  readonly queue: LetterQueue;
  readonly url: string;
  readonly arn: string;
  /** About how many messages were there at first, those included that others are looking at. */
  readonly about: number;
  readonly #context: Context;
  /** The receipts of what is hidden, by id: messages can be large, and many. */
  readonly #held = new Map<string, string>();

  private constructor(
    queue: LetterQueue,
    at: {readonly url: string; readonly arn: string; readonly about: number},
    context: Context,
  ) {
    this.queue = queue;
    this.url = at.url;
    this.arn = at.arn;
    this.about = at.about;
    this.#context = context;
  }

  /** Runs with a box and closes it, however that ends. */
  static async with<T>(
    context: Context,
    queue: LetterQueue,
    use: (box: LetterBox) => Promise<T>,
  ): Promise<T> {
    const url = await queueUrlOf(context, queue.name);
    const {Attributes: attributes} = await context.clients.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    const {QueueArn, ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible} = attributes ?? {};
    const about = Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
    const box = new LetterBox(queue, {url, arn: QueueArn!, about}, context);
    try {
      return await use(box);
    } finally {
      await box.release();
    }
  }

  get #sqs(): SQSClient {
    return this.#context.clients.sqs;
  }

  get #hiddenSeconds(): number {
    return Math.min(mostHiddenSeconds, hiddenSeconds + Math.ceil(this.about / looksPerSecond));
  }

  /**
   * Receives until it holds so many, or the queue seems to have no more, or somebody presses Ctrl-C. Of a message group
   * SQS gives out at most ten, as the others wait until these are gone.
   */
  async *receive(most: number): AsyncGenerator<readonly Letter[]> {
    const seen = new Set<string>();
    let empty = 0;
    while (seen.size < most && !this.#context.signal.aborted) {
      const letters = await this.#receiveOnce(Math.min(mostInRequest, most - seen.size));
      empty = letters.length === 0 ? empty + 1 : 0;
      if (empty >= mostEmptyAnswers || (empty > 0 && seen.size >= this.about)) return;
      const fresh = letters.filter(({id}) => !seen.has(id));
      for (const {id} of letters) seen.add(id);
      if (fresh.length > 0) yield fresh;
      // What comes round again was visible again too soon: there are no others.
      else if (letters.length > 0) return;
    }
  }

  /** It is not aborted on its way: SQS would hide messages of which nobody here knows. */
  async #receiveOnce(most: number): Promise<readonly Letter[]> {
    const {Messages = []} = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: most,
        VisibilityTimeout: this.#hiddenSeconds,
        // Only a long poll asks all of SQS's servers. Where nothing is expected a glance will do.
        WaitTimeSeconds: this.about > 0 ? 1 : 0,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    const letters = Messages.map(message => letterOf(message, this.queue));
    for (const {id, message} of letters) this.#held.set(id, message.ReceiptHandle!);
    return letters;
  }

  /** Looks at one message after the other; of those that it has looked at, it holds on to the one alone. */
  async find(id: string): Promise<Letter | undefined> {
    const most = Math.min(mostLooks, this.about + 2 * mostInRequest);
    for await (const letters of this.receive(most)) {
      const found = letters.find(letter => isNamed(letter, id));
      if (found === undefined) continue;
      const receipt = this.#held.get(found.id)!;
      this.#held.delete(found.id);
      await this.release();
      this.#held.set(found.id, receipt);
      await this.#hide([receipt], hiddenSeconds);
      return found;
    }
    return undefined;
  }

  /** @returns those that are still there, each with the reason */
  async delete(letters: readonly Letter[]): Promise<ReadonlyMap<Letter, string>> {
    const {Failed = []} = await this.#sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.url,
        Entries: letters.map(({message}, index) => ({
          Id: String(index),
          ReceiptHandle: message.ReceiptHandle,
        })),
      }),
    );
    const left = new Map(Failed.map(({Id, Code, Message}) => [letters[Number(Id)]!, `${Code}: ${Message}`]));
    for (const letter of letters) if (!left.has(letter)) this.#held.delete(letter.id);
    return left;
  }

  async release(): Promise<void> {
    const receipts = [...this.#held.values()];
    this.#held.clear();
    let hidden = 0;
    for (let start = 0; start < receipts.length; start += mostInRequest)
      hidden += await this.#hide(receipts.slice(start, start + mostInRequest), 0);
    if (hidden === 0) return;
    const seconds = this.#hiddenSeconds;
    this.#context.terminal.tell(
      `relayq: ${countOf(hidden, 'message')} of ${this.queue.short} may stay hidden for up to ${seconds} s`,
    );
  }

  /** @returns for how many of them SQS did not do so */
  async #hide(receipts: readonly string[], seconds: number): Promise<number> {
    try {
      const {Failed = []} = await this.#sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: this.url,
          Entries: receipts.map((ReceiptHandle, index) => ({
            Id: String(index),
            ReceiptHandle,
            VisibilityTimeout: seconds,
          })),
        }),
      );
      // A receipt that is too old: the message is visible already.
      return Failed.filter(
        ({Code}) => !/ReceiptHandle|InvalidParameterValue|MessageNotInflight/.test(Code ?? ''),
      ).length;
    } catch {
      return receipts.length;
    }
  }
}

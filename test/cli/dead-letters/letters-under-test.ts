// The queues of the stage `local` on an SQS without functions, with dead letters in them that came there by SQS's own way.

import {CreateQueueCommand} from '@aws-sdk/client-sqs';
import {namesOf} from '../../../shared/names.ts';
import {
  accountId,
  type QueueUnderTest,
  type SqsOptions,
  type SqsUnderTest,
  startSqs,
} from '../../local/sqs/sqs-under-test.ts';

export const names = namesOf('local');

export interface LettersUnderTest {
  readonly sqs: SqsUnderTest;
  queue(name: string): QueueUnderTest;
  /** Messages that are received once too often, and so come into the dead-letter queue. */
  die(name: string, ...bodies: readonly string[]): Promise<void>;
}

const deadLetterQueueOf: Readonly<Record<string, string>> = {
  [names.outbox]: names.outboxDlq,
  [names.waiting]: names.waitingDlq,
  [names.waitingSoon]: names.waitingDlq,
  [names.delivery]: names.deliveryDlq,
  [names.deliverySlow]: names.deliveryDlq,
};

export async function startLetters(options?: SqsOptions): Promise<LettersUnderTest> {
  const sqs = await startSqs(options);
  const create = async (name: string, attributes: Record<string, string>) => {
    const Attributes = name.endsWith('.fifo') ? {...attributes, FifoQueue: 'true'} : attributes;
    await sqs.client.send(new CreateQueueCommand({QueueName: name, Attributes}));
  };
  const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${accountId}:${name}`;
  // As in the stack: who does not say how long it waits would wait for 20 s.
  const wait = {ReceiveMessageWaitTimeSeconds: '20'};
  for (const name of [names.outboxDlq, names.waitingDlq, names.deliveryDlq, names.outboxOversize])
    await create(name, wait);
  for (const [name, target] of Object.entries(deadLetterQueueOf)) {
    const policy = {deadLetterTargetArn: arnOf(target), maxReceiveCount: 1};
    await create(name, {RedrivePolicy: JSON.stringify(policy)});
  }
  const queue = (name: string) => sqs.queueNamed(name);
  return {
    sqs,
    queue,
    async die(name, ...bodies) {
      const source = queue(name);
      for (const body of bodies)
        await (name.endsWith('.fifo') ? source.sendTo('example.org#0', body) : source.send(body));
      for (;;) {
        const received = await source.receive({VisibilityTimeout: 0});
        if (received.length === 0) return;
      }
    },
  };
}

export const mail = (recipient: string, more: object = {}): string =>
  JSON.stringify({
    envelope: 'boss@example.com',
    recipient,
    mime: 'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nx\r\n',
    ...more,
  });

/** A message as the functions hand it on. */
export const tracked = (id: string, recipient: string, more: object = {}): string =>
  mail(recipient, {...more, relayq: {id, arrived: '2026-01-31 12:34:56', attempts: 2, hops: 1}});

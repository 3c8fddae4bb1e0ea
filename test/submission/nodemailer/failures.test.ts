// What whoever sends is told when SQS does not take a mail.

import {beforeAll, describe, expect, type TestContext, test} from 'vitest';
import {AwsError} from '../../../local/aws-error.ts';
import {queueDoesNotExist} from '../../../local/sqs/errors.ts';
import {type Entry, startScriptedQueue, taken} from '../scripted-queue.ts';
import {type AnyMail, senders, ways} from './nodemailers.ts';

beforeAll(() => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIATEST';
  process.env.AWS_SECRET_ACCESS_KEY = 'hunter2';
  process.env.AWS_REGION = 'us-east-1';
});

async function startQueue({onTestFinished}: TestContext, answer: Failed['answer']) {
  const queue = await startScriptedQueue(answer);
  onTestFinished(() => queue.close());
  return queue;
}

const recipients = ['a@example.org', 'b@example.org', 'c@example.org'];
const mail: AnyMail = {from: 'jo@example.com', to: recipients, subject: 's', text: 't'};
const isFor = (entry: Entry, recipient: string): boolean =>
  JSON.parse(entry.MessageBody).recipient === recipient;

/** Of each entry for b: failed. */
const failingB = (failure: object) => (entries: readonly Entry[]) => ({
  Successful: entries.filter(entry => !isFor(entry, 'b@example.org')).map(taken),
  Failed: entries.filter(entry => isFor(entry, 'b@example.org')).map(({Id}) => ({Id, ...failure})),
});

const refusing = (error: AwsError) => () => {
  throw error;
};

interface Failed {
  readonly answer: Parameters<typeof startScriptedQueue>[0];
  /** What SES's client calls it. */
  readonly name: string;
  readonly code: string;
  readonly problem: string;
}

const wholes: Record<string, Failed> = {
  'the queue is gone': {
    answer: refusing(queueDoesNotExist()),
    name: 'QueueDoesNotExist',
    code: 'ECONNECTION',
    problem: 'QueueDoesNotExist: The specified queue does not exist.',
  },
  'it may not send, and AWS repeats what it was sent': {
    answer: refusing(
      new AwsError('AccessDenied', 'User: x is not authorized\n\nx-amz-security-token:hunter2', 403),
    ),
    name: 'AccessDenied',
    code: 'ECONNECTION',
    problem: 'AccessDenied: User: x is not authorized',
  },
};

const parts: Record<string, Failed> = {
  'an entry is throttled': {
    answer: failingB({SenderFault: false, Code: 'ThrottlingException', Message: 'slow down'}),
    name: 'InternalServiceErrorException',
    code: 'ECONNECTION',
    problem: 'ThrottlingException: slow down',
  },
  'an entry is wrong': {
    answer: failingB({SenderFault: true, Code: 'InvalidMessageContents', Message: 'no'}),
    name: 'MessageRejected',
    code: 'EMESSAGE',
    problem: 'InvalidMessageContents: no',
  },
};

const errorOf = (sending: Promise<unknown>): Promise<Error & Record<string, unknown>> =>
  sending.then(
    () => expect.unreachable(),
    error => error,
  );

// Together, as a throttled entry is tried again for seconds.
describe.concurrent.each(senders)('nodemailer $major, $way', ({way, nodemailer}) => {
  test.for(Object.entries(wholes))('%s', async ([, {answer, name, code, problem}], context) => {
    const queue = await startQueue(context, answer);
    const transport = ways[way](nodemailer, queue);
    const error = await errorOf(transport.sendMail(mail));
    expect(error).toMatchObject({message: `${queue.queueUrl}: ${problem}`, cause: {name}});
    const all = way === 'transport' ? error.rejectedErrors : error.failed;
    expect((all as {recipient: string}[]).map(({recipient}) => recipient)).toEqual(recipients);
    if (way === 'transport') expect(error).toMatchObject({code, rejected: recipients});
    else expect(error).toMatchObject({name, queued: []});
    expect(await errorOf(transport.verify())).toMatchObject({
      message: `${queue.queueUrl}: ${problem}`,
      cause: {name},
    });
  });

  test.for(Object.entries(parts))('%s', async ([, {answer, name, code, problem}], context) => {
    const queue = await startQueue(context, answer);
    const sending = ways[way](nodemailer, queue).sendMail(mail);
    const told = `${queue.queueUrl}: ${problem}`;
    if (way === 'transport') {
      expect(await sending).toMatchObject({
        accepted: ['a@example.org', 'c@example.org'],
        rejected: ['b@example.org'],
        rejectedErrors: [{code, message: told, recipient: 'b@example.org'}],
        queued: [{recipient: 'a@example.org'}, {recipient: 'c@example.org'}],
      });
    } else {
      expect(await errorOf(sending)).toMatchObject({
        name,
        message: `${told}; the mail is queued for 2 of 3 recipients: see queued and failed`,
        queued: [{recipient: 'a@example.org'}, {recipient: 'c@example.org'}],
        failed: [{recipient: 'b@example.org', problem}],
      });
    }
  });

  test('nothing answers', async () => {
    const closed = await startScriptedQueue(() => ({}));
    await closed.close();
    const {queueUrl} = closed;
    const transport = ways[way](nodemailer, {queueUrl});
    for (const call of [() => transport.sendMail(mail), () => transport.verify()])
      expect(await errorOf(call())).toMatchObject({
        message: expect.stringContaining('ECONNREFUSED'),
        cause: {code: 'ECONNREFUSED'},
        ...(way === 'transport' && {code: 'ECONNECTION'}),
      });
  });
});

test('after a request that failed as a whole no other one is made', async context => {
  let requests = 0;
  const queue = await startQueue(context, () => {
    requests += 1;
    throw queueDoesNotExist();
  });
  const to = Array.from({length: 2_000}, (_, index) => `r${index}@example.org`);
  for (const {way, nodemailer} of senders.filter(({major}) => major === 10)) {
    requests = 0;
    const error = await errorOf(ways[way](nodemailer, queue).sendMail({...mail, to}));
    expect((error.rejected ?? error.failed) as unknown[]).toHaveLength(to.length);
    expect(requests).toBeLessThanOrEqual(8);
  }
});

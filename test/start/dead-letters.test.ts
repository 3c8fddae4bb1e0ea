import {describe, expect, it} from 'vitest';
import {watchDeadLetters} from '../../cli/start/dead-letters.ts';
import {Sqs} from '../../local/sqs/sqs.ts';

const account = {region: 'us-east-1', accountId: '000000000000'};

describe('dead letters on the terminal', () => {
  it('are told with how to see them: those that are there, and those that arrive', async () => {
    const sqs = new Sqs({...account, urlOf: name => `http://127.0.0.1:9/000000000000/${name}`});
    for (const name of ['work-dlq', 'other-dlq', 'work']) sqs.createQueue(name);
    sqs.sendMessage('other-dlq', {body: 'left'});
    const said: string[] = [];
    const command = 'npm run relayq -- dead-letters list';
    watchDeadLetters(sqs, {
      queues: ['work-dlq', 'other-dlq'],
      command,
      colours: false,
      say: line => said.push(line),
    });
    expect(said).toEqual([`dead     1 dead letter in other-dlq: ${command}`]);
    sqs.sendMessage('work', {body: 'no dead letter'});
    const ids = Array.from({length: 5}, (_, n) => sqs.sendMessage('work-dlq', {body: String(n)}));
    await expect.poll(() => said.length).toBe(2);
    expect(said[1]).toBe(`dead     5 dead letters in work-dlq ${ids.slice(0, 3).join(', ')}, …: ${command}`);
    sqs.close();
  });

  it('are told when a queue gives up a message', async () => {
    const sqs = new Sqs({...account, urlOf: name => `http://127.0.0.1:9/000000000000/${name}`});
    const {arn} = sqs.createQueue('dlq');
    const RedrivePolicy = JSON.stringify({deadLetterTargetArn: arn, maxReceiveCount: 1});
    sqs.createQueue('work', {RedrivePolicy});
    const said: string[] = [];
    watchDeadLetters(sqs, {queues: ['dlq'], command: 'c', colours: true, say: line => said.push(line)});
    const id = sqs.sendMessage('work', {body: 'x'});
    const [message] = await sqs.receive('work', {});
    sqs.changeMessageVisibility('work', message!.receiptHandle, 0);
    await sqs.receive('work', {});
    await expect
      .poll(() => said)
      .toEqual([`\x1b[36mdead    \x1b[0m \x1b[31m1 dead letter in dlq\x1b[0m \x1b[2m${id}\x1b[0m: c`]);
    sqs.close();
  });
});

// What is received again and again: mail that is hidden never becomes a dead letter, and a message that functions die of
// does. Whatever is hidden comes back at once here.

import {expect, type TestContext, test} from 'vitest';
import type {Cloud} from '../../local/cloud.ts';
import type {Resources} from '../../local/template/resources.ts';
import {mailTo, textOf} from '../samples/mail.ts';
import {sinkParameters, smarthostParameters} from '../samples/relay-parameters.ts';
import {startScriptedServer} from '../servers/scripted-server.ts';
import {deadLetterQueues, names, Pipeline} from './pipeline-under-test.ts';
import {returnSoon} from './return-soon.ts';

/** No receiver is left alone for longer; what a function renews for itself is hidden for longer. */
const longestHideMs = 300_000;

function hideBriefly({sqs}: Cloud): void {
  const queue = sqs.queue(names.delivery);
  const change = queue.changeVisibility.bind(queue);
  queue.changeVisibility = (receiptHandle, timeoutMs) =>
    change(receiptHandle, timeoutMs <= longestHideMs ? Math.min(timeoutMs, 50) : timeoutMs);
  const waiting = sqs.queue(names.waitingSoon);
  const send = waiting.send.bind(waiting);
  waiting.send = message => send({...message, delaySeconds: Math.min(message.delaySeconds ?? 0, 1)});
}

const allowReceives =
  (maxReceiveCount: number) =>
  ({queues}: Resources): void => {
    for (const {name, attributes} of queues)
      if (name === names.delivery)
        attributes.RedrivePolicy = JSON.stringify({
          ...JSON.parse(attributes.RedrivePolicy!),
          maxReceiveCount,
        });
  };

test.concurrent('a lane that is hidden more often than SQS allows receives leaves no dead letters, and its mail goes in the end', async ({
  onTestFinished,
}: TestContext) => {
  const gone = await startScriptedServer();
  await gone.close();
  const pipeline = await Pipeline.start(
    {
      ...smarthostParameters({port: gone.port}),
      'smarthost-private-addresses': 'allowed',
      'capacity/smarthost': '{"connections": 2}',
    },
    {overrides: allowReceives(20)},
  );
  onTestFinished(() => pipeline.stop());
  hideBriefly(pipeline.cloud);
  await pipeline.send(
    ...Array.from({length: 12}, (_, index) => mailTo(`user${index}@example.org`, {mime: textOf(index)})),
  );
  const hidden = () => pipeline.logged('lane hidden: its receiver is down').length;
  await pipeline.until(() => hidden() >= 2 * 30);
  expect(pipeline.filled(...deadLetterQueues)).toEqual([]);
  const server = await startScriptedServer({}, gone.port);
  onTestFinished(() => server.close());
  const results = await pipeline.take(names.results.success, 12);
  expect(results.map(({relayq}) => relayq.attempts)).toEqual(results.map(() => 1));
  expect(server.texts).toHaveLength(12);
  expect(pipeline.filled(...deadLetterQueues)).toEqual([]);
  const worn = 'message held: it was hidden so often that its dead-letter queue would take it';
  expect(pipeline.logged(worn).length).toBeGreaterThan(0);
});

test.concurrent('a message that functions die of becomes a dead letter, and those behind it in its lane are delivered', async ({
  onTestFinished,
}: TestContext) => {
  const server = await startScriptedServer();
  onTestFinished(() => server.close());
  const pipeline = await Pipeline.start({
    ...sinkParameters(server),
    'capacity/default': '{"connections": 1}',
  });
  onTestFinished(() => pipeline.stop());
  returnSoon(pipeline.cloud);
  hideBriefly(pipeline.cloud);
  const deaths = pipeline.cloud.faults.add({
    kill: 'before',
    function: names.deliver,
    queue: names.results.results,
    containing: '"poison":true',
  });
  await pipeline.send(
    mailTo('user@example.org', {mime: textOf('poison'), poison: true, queues: {success: null}}),
  );
  await deaths.whenFired(1);
  await pipeline.send(...[1, 2, 3].map(number => mailTo('user@example.org', {mime: textOf(number), number})));
  // What is on its way beside it is sent again.
  const told = new Set<unknown>();
  while (told.size < 3) told.add((await pipeline.take(names.results.success, 1))[0]!.number);
  expect([...told].sort()).toEqual([1, 2, 3]);
  const [dead] = await pipeline.cloud.sqs.receive(names.deliveryDlq, {waitTimeSeconds: 20});
  expect(JSON.parse(dead!.body)).toMatchObject({poison: true});
  expect(dead!.attributes.MessageGroupId).toBe('example.org');
  const [line] = pipeline.logged('message given up: functions die of it; it is in the dead-letter queue');
  expect(line).toMatchObject({deaths: 3});
  // From the twentieth time on it was handled alone, and under a mark.
  expect(deaths.fired).toBe(19 + 3);
  await pipeline.idle();
  expect(pipeline.filled(names.delivery)).toEqual([]);
  // No mark is left. Of the receiver there may be its pace, as the mail had become old.
  const items = pipeline.cloud.services.dynamodb.itemsOf(names.receivers);
  expect(items.filter(({list}) => JSON.stringify(list) !== '{"S":"receivers"}')).toEqual([]);
});

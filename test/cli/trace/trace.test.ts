// `relayq trace` on a pipeline whose server takes mail, puts it off and refuses it.

import {afterAll, beforeAll, expect, test} from 'vitest';
import {Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {mailTo} from '../../samples/mail.ts';
import {sinkParameters} from '../../samples/relay-parameters.ts';
import {recipientSays} from '../../servers/recipient-says.ts';
import {type ScriptedServer, startScriptedServer} from '../../servers/scripted-server.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

let cli: RelayqUnderTest;
let pipeline: Pipeline;
let server: ScriptedServer;

beforeAll(async () => {
  server = await startScriptedServer({RCPT: recipientSays()});
  pipeline = await Pipeline.start({
    ...sinkParameters(server),
    'capacity/crowded.example': '{"messagesPerMinute": 1, "connections": 1}',
  });
  cli = await RelayqUnderTest.create(() => Number(new URL(pipeline.cloud.url).port));
});
afterAll(async () => {
  await cli.stop();
  await pipeline.stop();
  await server.close();
});

interface Message {
  readonly id: string;
  readonly state: string;
  readonly isOver: boolean;
  readonly next?: string;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly [field: string]: unknown;
}

async function messagesOf(traced: string): Promise<readonly Message[]> {
  const {stdout} = await cli.run(['trace', traced, '--json']);
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({version: 1, stage: 'local', traced});
  return told.messages;
}

/** As soon as they are as they must be. */
async function messagesWhen(
  traced: string,
  isRight: (messages: readonly Message[]) => boolean,
): Promise<readonly Message[]> {
  for (;;) {
    const messages = await messagesOf(traced);
    if (isRight(messages)) return messages;
  }
}
const areOver = (messages: readonly Message[]) => messages.length > 0 && messages.every(({isOver}) => isOver);

test('a message that is put off and then taken has a timeline, by its recipient and by its ID', async () => {
  await pipeline.send(mailTo('later@Fine.Example', {retries: [1]}));
  const [message] = await messagesWhen('later@fine.example', areOver);
  expect(message).toMatchObject({recipient: 'later@fine.example', domain: 'fine.example', state: 'accepted'});
  expect(message!.events).toMatchObject([
    {what: 'arrived'},
    {
      what: 'attempt',
      attempt: 1,
      fate: 'deferred',
      code: 451,
      class: 'greylist',
      why: 'greylisted',
      until: expect.any(String),
    },
    {what: 'attempt', attempt: 2, fate: 'accepted', code: 250, durationMs: expect.any(Number)},
  ]);
  expect(await messagesOf(message!.id)).toEqual([message]);
  expect(await messagesOf('LATER@fine.EXAMPLE')).toEqual([message]);
  const {stdout, code, stderr} = await cli.run(['trace', message!.id]);
  expect(stdout).toContain(`${message!.id}  to later@fine.example\n`);
  expect(stdout).toMatch(
    /Z {2}attempt 1 +deferred: 451 4\.7\.1 greylisted, class greylist, by 127\.0\.0\.1, in clear text, next hop .*, next attempt\s+\d{4}-/,
  );
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
});

test('what comes next is told of a message that waits', async () => {
  await pipeline.send(mailTo('never@fine.example'));
  const [message] = await messagesWhen('never@fine.example', all => all[0]?.state === 'deferred');
  expect(message).toMatchObject({isOver: false, next: expect.stringMatching(/^\d{4}-/)});
  expect(message!.next).toBe(message!.events.at(-1)!.until);
});

test('all messages to somebody are shown, the refused one with the reply', async () => {
  await pipeline.send(mailTo('bounce@gone.example'), mailTo('bounce@gone.example'));
  const messages = await messagesWhen('bounce@gone.example', all => all.length === 2 && areOver(all));
  for (const {state, events} of messages) {
    expect(state).toBe('bounced');
    expect(events.at(-1)).toMatchObject({fate: 'bounced', status: '5.1.1', why: 'no such user'});
  }
});

test('a message that is held says why, and until when', async () => {
  await pipeline.send(...[1, 2, 3].map(number => mailTo('ok@crowded.example', {number})));
  const messages = await messagesWhen('ok@crowded.example', all =>
    all.some(({events}) => events.some(({what}) => what === 'held')),
  );
  const held = messages.find(({events}) => events.some(({what}) => what === 'held'));
  expect(held!.events.find(({what}) => what === 'held')).toMatchObject({
    why: 'its queue is over its rate',
    until: expect.stringMatching(/^\d{4}-/),
  });
});

// relayq sends to relayq: the first one's smarthost is `relayq smtp`, which puts the mail on the outbox of the second one.

import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sink, startSink} from '../../local/sink/sink.ts';
import {RelayqUnderTest} from '../cli/relayq-under-test.ts';
import {sinkParameters, smarthostParameters} from '../samples/relay-parameters.ts';
import {freePort} from '../servers/server-process.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

let sink: Sink;
let first: Pipeline;
let second: Pipeline;
let relayq: RelayqUnderTest;
let port: number;
let smtp: ChildProcess;
beforeAll(async () => {
  sink = await startSink({port: 0});
  port = await freePort();
  second = await Pipeline.start(sinkParameters(sink));
  first = await Pipeline.start(smarthostParameters({port}));
  relayq = await RelayqUnderTest.create(() => Number(new URL(second.cloud.url).port));
});
afterAll(async () => {
  await relayq?.stop();
  await first?.stop();
  await second?.stop();
  await sink?.close();
});

async function startSmtp(): Promise<void> {
  const child = relayq.start(['smtp', '--listen', `127.0.0.1:${port}`, '--name', 'second.example.com']);
  smtp = child;
  await once(child.stdout, 'data');
}
async function killSmtp(): Promise<void> {
  smtp.kill('SIGKILL');
  await once(smtp, 'exit');
}

const subjects = (count: number, name: string) =>
  Array.from({length: count}, (_, index) => `${name} ${index}`);
const mail = (subject: string) => ({
  envelope: 'from@example.com',
  recipient: `to@${subject.replace(' ', '')}.example`,
  mime: `Subject: ${subject}\r\n\r\nGrüße\r\n.\r\n${subject}\r\n`,
  dsn: {notify: 'FAILURE', envid: subject},
});
/** Mail of an earlier test may come twice. */
const arrived = (name: string) => sink.messages.filter(({raw}) => raw.includes(`Subject: ${name} `));

test('mail arrives with one trace more, and what was asked beside it', async () => {
  await startSmtp();
  await first.send(...subjects(50, 'plain').map(mail));
  for (const {fate, results} of await first.take(names.results.results, 50))
    expect([fate, results.at(-1)?.description]).toEqual(['accepted', expect.stringContaining('queued as ')]);
  const results = await second.take(names.results.results, 50);
  expect(results.map(({dsn}) => (dsn as {envid: string}).envid).toSorted()).toEqual(
    subjects(50, 'plain').toSorted(),
  );
  const trace =
    /^Received: from \S+ \(\[127\.0\.0\.1\]\)\r\n\tby second\.example\.com with ESMTP id \S+;\r\n\t.* \+0000\r\n/;
  const texts = arrived('plain').map(({raw}) => raw.toString().replace(trace, ''));
  expect(texts.toSorted()).toEqual(
    subjects(50, 'plain')
      .map(subject => mail(subject).mime)
      .toSorted(),
  );
  await killSmtp();
});

test('while the second one is dead nothing is lost, and when it is back all of it comes', async () => {
  await startSmtp();
  const all = subjects(300, 'kept');
  await first.send(...all.map(mail));
  await first.until(() => arrived('kept').length >= 20);
  await killSmtp();
  await first.until(() => first.logged('attempt').some(({result}) => result !== 'accepted'));
  await startSmtp();
  const results = await first.take(names.results.success, 300);
  expect(results.every(({fate}) => fate === 'accepted')).toBe(true);
  await second.until(() => new Set(arrived('kept').map(({to}) => to[0])).size === 300);
  await killSmtp();
});

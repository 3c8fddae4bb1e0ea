// Signing, end to end: what a server is given verifies, and what cannot be signed is not sent.

import {PutParameterCommand} from '@aws-sdk/client-ssm';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {smarthostParameters} from '../samples/relay-parameters.ts';
import {recipientSays} from '../servers/recipient-says.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {ed25519Key, recordsOf, rsaKey} from '../shared/dkim/keys-under-test.ts';
import {mailauthVerdicts} from '../shared/dkim/verifiers.ts';
import {names, Pipeline, type Result} from './pipeline-under-test.ts';

const pemOf = ({privateKey}: typeof rsaKey) => String(privateKey.export({type: 'pkcs8', format: 'pem'}));
const ownKey = {...ed25519Key, domain: 'own.example', selector: 'mine'};
const records = recordsOf([rsaKey, ed25519Key, ownKey]);

let pipeline: Pipeline;
let server: ScriptedServer;

beforeAll(async () => {
  server = await startScriptedServer({RCPT: recipientSays()});
  pipeline = await Pipeline.start({
    ...smarthostParameters({port: server.port}),
    'dkim-rules': 'example.org,missing.example,broken.example',
    'retry-interval': '1',
  });
  const put = (name: string, Value: string) =>
    pipeline.ssm.send(
      new PutParameterCommand({
        Name: `${names.dkimPath}${name}`,
        Value,
        Type: 'SecureString',
        Overwrite: true,
      }),
    );
  await put('example.org/rsa', pemOf(rsaKey));
  await put('example.org/2026', pemOf(ed25519Key));
  await put('broken.example/s', 'hunter2 is no key');
});
afterAll(async () => {
  await pipeline?.stop();
  await server.close();
});

const mailFrom = (from: string, properties: object = {}) => ({
  envelope: 'from@example.com',
  recipient: 'to@example.net',
  mime: `From: ${from}\r\nTo: to@example.net\r\nSubject: Grüße\r\n\r\n.a dot\nand lines \r\n\r\n\r\n`,
  ...properties,
});

/** What the server was given for a message, as it was before dots were stuffed; and its first result that is final. */
async function delivered(
  message: object,
): Promise<{readonly texts: readonly string[]; readonly result: Result}> {
  const before = server.texts.length;
  await pipeline.send(message);
  let result = await pipeline.result();
  while (result.fate === 'deferred') result = await pipeline.result();
  const texts = server.texts.slice(before).map(text => text.replace(/^\./gm, ''));
  return {texts, result};
}
const verdictsOf = (text: string) => mailauthVerdicts(Buffer.from(text, 'latin1'), records);
const domainsIn = (text: string) => [...text.matchAll(/ d=([^;]+);/g)].map(([, domain]) => domain);

test('the From domain’s keys sign what the rules say', async () => {
  const {texts, result} = await delivered(mailFrom('Jo <jo@example.org>'));
  expect(result.fate).toBe('accepted');
  expect(await verdictsOf(texts[0]!)).toEqual([true, true]);
  expect(domainsIn(texts[0]!)).toEqual(['example.org', 'example.org']);
});

test('what no rule is for goes out as it is', async () => {
  const {texts} = await delivered(mailFrom('jo@elsewhere.example'));
  expect(texts[0]).toMatch(/^From: jo@elsewhere\.example\r\n/);
});

test('a message signs with a key of its own besides, and nobody else sees it', async () => {
  const dkim = {
    domain: ownKey.domain,
    selector: ownKey.selector,
    key: pemOf(ownKey),
    canonicalization: 'simple/simple',
  };
  const {texts, result} = await delivered(mailFrom('jo@example.org', {dkim}));
  expect(await verdictsOf(texts[0]!)).toEqual([true, true, true]);
  expect(domainsIn(texts[0]!)).toEqual(['own.example', 'example.org', 'example.org']);
  const told = JSON.stringify(result) + pipeline.logLines.join('\n');
  expect(result.dkim).toEqual({domain: 'own.example', selector: 'mine', canonicalization: 'simple/simple'});
  expect(told).not.toContain(dkim.key.split('\n')[1]);
});

test('each transmission has one set of signatures, made for it', async () => {
  const {texts, result} = await delivered({...mailFrom('jo@example.org'), recipient: 'later@example.net'});
  expect(result.relayq.attempts).toBe(2);
  expect(await verdictsOf(texts.at(-1)!)).toEqual([true, true]);
});

test.each([
  ['missing.example', 'there is no DKIM key of missing.example'],
  ['broken.example', 'the DKIM key s of broken.example must be a private key in PEM'],
])('mail from %s, whose key does not do, is deferred and not sent', async (domain, reason) => {
  const {texts, result} = await delivered(mailFrom(`jo@${domain}`, {maxattempts: 2}));
  expect(texts).toEqual([]);
  expect(result).toMatchObject({
    fate: 'expired',
    relayq: {attempts: 2},
    results: [1, 2]
      .map(() => ({
        state: 'process',
        result: 'error',
        status: '4.7.5',
        description: expect.stringContaining(reason),
      }))
      .concat(expect.objectContaining({state: 'process', result: 'timeout'})),
  });
  expect(pipeline.logged('message deferred')).toContainEqual(
    expect.objectContaining({level: 'error', reason: expect.stringContaining(reason)}),
  );
  expect(pipeline.logLines.join('\n')).not.toContain('hunter2');
});

test('a text without From cannot have the signature that it wants', async () => {
  const {result} = await delivered(
    mailFrom('', {mime: 'Subject: s\r\n\r\nb', dkim: {domain: 'example.org'}}),
  );
  expect(result).toMatchObject({
    fate: 'invalid',
    problems: [{path: 'mime', problem: 'has no From field, which a DKIM signature has to cover'}],
  });
});

test('fields that the smarthost rewrites are left out', async () => {
  await pipeline.set({'dkim-unsigned/127.0.0.1': 'Subject, Date'});
  const {texts} = await delivered(mailFrom('jo@example.org'));
  await pipeline.set({'dkim-unsigned/127.0.0.1': null});
  const rewritten = texts[0]!.replace(/^Subject: .*$/m, 'Subject: [changed]');
  expect(await verdictsOf(rewritten)).toEqual([true, true]);
});

test('rules that are wrong do not have mail go out unsigned: the last good ones count', async () => {
  await pipeline.set({'dkim-rules': 'example org'});
  const {texts} = await delivered(mailFrom('jo@example.org'));
  expect(await verdictsOf(texts[0]!)).toEqual([true, true]);
  expect(pipeline.logLines.join('\n')).toContain('dkim-rules must be rules such as example.org');
});

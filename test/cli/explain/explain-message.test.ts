// What `relayq explain` says of a message: of its text, its own wishes, and of what an operator wants of it.

import {generateKeyPairSync} from 'node:crypto';
import {PutParameterCommand} from '@aws-sdk/client-ssm';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {dnsRecordOf} from '../../../shared/dkim/private-key.ts';
import {names} from '../../pipeline/pipeline-under-test.ts';
import {mailTo} from '../../samples/mail.ts';
import {
  cli,
  explained,
  fileOf,
  having,
  pipeline,
  startExplain,
  stopExplain,
  type Told,
  zone,
} from './explain-under-test.ts';

beforeAll(startExplain);
afterAll(stopExplain);

test('a message with a text is told whether receivers can know it as its domain’s own, and that stops nothing', async () => {
  const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
  const record = dnsRecordOf(privateKey);
  const Name = `${names.dkimPath}shop.example/2026`;
  const Value = privateKey.export({type: 'pkcs8', format: 'pem'}) as string;
  await pipeline.ssm.send(new PutParameterCommand({Name, Value, Type: 'SecureString'}));
  zone['shop.example'] = {TXT: [['v=spf1 ip4:192.0.2.1 -all']]};
  const text = 'From: "A, B" <a@news.shop.example>\r\nList-Unsubscribe: <mailto:a@b.c>\r\n\r\nhello\r\n';
  const file = await fileOf('from.json', mailTo('a@fine.example', {envelope: 'b@shop.example', mime: text}));
  const wordsOf = ({authentication}: Told) =>
    authentication.facts.map(({what, is}: {what: string; is: string}) => `${what} ${is}`).join('\n');
  const before = await explained('--message', file);
  expect(before).toMatchObject({code: 0, goes: true, authentication: {from: ['news.shop.example']}});
  expect(wordsOf(before)).toMatch(/^DKIM 2026._domainkey.shop.example: has no TXT record/m);
  expect(wordsOf(before)).toMatch(/^DMARC news.shop.example: has no DMARC record/m);
  expect(wordsOf(before)).toMatch(/^SPF shop.example: has one SPF record/m);
  expect(wordsOf(before)).toMatch(/^One-click unsubscribe List-Unsubscribe: has no https URI/m);
  expect(JSON.stringify(before)).not.toContain('PRIVATE');
  zone['2026._domainkey.shop.example'] = {TXT: [record.match(/.{1,255}/g)!]};
  zone['_dmarc.shop.example'] = {TXT: [['v=DMARC1; p=reject; rua=mailto:a@shop.example']]};
  const after = wordsOf(await explained('--message', file));
  expect(after).toMatch(/^DKIM 2026._domainkey.shop.example: is the stored key: RSA, 2048 bits; a trial/m);
  expect(after).toMatch(/^DMARC d=shop.example: signatures count for news.shop.example \(relaxed\)$/m);
  expect(after).toMatch(/^DMARC shop.example: SPF counts for news.shop.example \(relaxed\), if it passes$/m);
  expect(wordsOf(await explained('a@fine.example'))).toBe('message none given');
  expect(after).toMatch(/^signed with no key$/m);
  const byRule = () => having({'dkim-rules': '*.shop.example'}, () => explained('--message', file));
  expect(wordsOf(await byRule())).toMatch(/^signed with 2026\._domainkey\.shop\.example$/m);
  pipeline.cloud.faults.add({fault: 'refuse', service: 'ssm', containing: 'relayq-dkim', from: 'all'});
  const denied = await byRule();
  pipeline.cloud.faults.clear();
  expect(denied).toMatchObject({code: 0, goes: true});
  expect(wordsOf(denied)).toMatch(/^signed with nothing that is known here: keys of shop\.example$/m);
  const {stdout} = await cli.run(['explain', '--message', file]);
  expect(stdout).toContain('\nAuthentication\n');
});

test('what a message says itself counts, from JSON and from fields of its text, and its secrets are masked', async () => {
  const json = await fileOf('own.json', {
    ...mailTo('a@fine.example'),
    smarthost: {hostname: '127.0.0.1', port: 2587, username: 'me', password: 'hunter2', security: 'verified'},
  });
  const own = await explained('--message', json);
  expect(own).toMatchObject({
    code: 0,
    destination: {queue: '(smarthost)', nextHop: {kind: 'smarthost', name: '127.0.0.1:2587'}},
    message: {overrides: [{name: 'smarthost', from: 'its JSON'}]},
  });
  expect(own.verdict).toMatch(/over STARTTLS with a verified certificate$/);
  const eml = await fileOf(
    'own.eml',
    'From: a@b.example\r\nTo: a@fine.example, b@fine.example\r\nx-mq-smarthost-hostname: 127.0.0.1\r\nx-mq-smarthost-username: me\r\nx-mq-smarthost-password: hunter2\r\n\r\nhello\r\n',
  );
  const field = await explained('b@fine.example', '--message', eml);
  expect(field.message).toMatchObject({
    recipient: 'b@fine.example',
    overrides: [{name: 'smarthost', from: 'x-mq-smarthost… in its text'}],
  });
  for (const file of [json, eml]) {
    const {stdout} = await cli.run(['explain', 'a@fine.example', '--message', file]);
    expect(stdout).toContain('login');
    expect(stdout).not.toContain('hunter2');
  }
  expect((await cli.run(['explain', '--message', eml])).stderr).toMatch(/2 messages: say whose is meant/);
});

test('a message that is not due waits, and one whose time is over is given up', async () => {
  const later = await fileOf(
    'later.json',
    mailTo('a@fine.example', {
      nextattempt: {time: '2099-01-01 00:00:00'},
      maxdelivertime: '2100-01-01 00:00:00',
    }),
  );
  const told = await explained('--message', later);
  expect(told).toMatchObject({
    code: 1,
    now: {due: '2099-01-01 00:00:00Z', stopped: {by: 'route', kind: 'hold'}},
  });
  const over = await fileOf('over.json', mailTo('a@fine.example', {maxdelivertime: '2001-01-01 00:00:00'}));
  expect((await explained('--message', over)).verdict).toMatch(/^would be given up: maxdelivertime/);
});

test('what is paused, cancelled or outside of its window is told with the setting, why and until when', async () => {
  const set = (settings: Record<string, string | null>) => pipeline.set(settings);
  const pause = {reason: 'wrong prices', domain: 'steered.example'};
  await set({'pauses/x': JSON.stringify(pause)});
  const stopped = async () => (await explained('a@steered.example')).now as {stopped: Record<string, string>};
  expect((await stopped()).stopped).toMatchObject({
    by: 'route',
    kind: 'hold',
    why: 'paused by pauses/x: wrong prices',
  });
  expect((await cli.run(['explain', 'a@steered.example'])).stdout).toContain('is held until that is removed');
  await set({'pauses/x': JSON.stringify({...pause, expire: '2099-01-01 00:00:00'})});
  expect((await cli.run(['explain', 'a@steered.example'])).stdout).toContain(
    'is held until 2099-01-01 00:00:00Z',
  );
  await set({'pauses/x': null, 'errors/x': JSON.stringify({...pause, code: 550})});
  expect((await stopped()).stopped).toMatchObject({by: 'route', kind: 'end', why: 'wrong prices'});
  await set({'errors/x': null});
});

test('what route would refuse is refused, with the settings of the stage', async () => {
  const wrong = await fileOf('wrong.json', mailTo('nobody', {security: 'none'}));
  const told = await explained('--message', wrong);
  expect(told).toMatchObject({code: 1, goes: false});
  expect(told.message.problems).toHaveLength(2);
  expect(told.verdict).toMatch(/^would be answered as invalid: /);
});

test('nothing in the text controls the terminal', async () => {
  const hostile = await fileOf('hostile.json', mailTo('a\u001b[2J\u202e@fine.example'));
  const {stdout, stderr, code} = await cli.run(['explain', '--message', hostile]);
  expect(stdout).toContain('[2J');
  const isControl = (character: string) => character < ' ' && character !== '\n';
  expect([...stdout, ...stderr].filter(each => isControl(each) || each === '\u202e')).toEqual([]);
  expect(code).toBe(1);
});

test('a recipient who is suppressed, and a domain', async () => {
  const {dynamodb} = pipeline.cloud.services;
  const put = (who: string) =>
    dynamodb
      .table(names.suppressions)
      .put({who: {S: who}, reason: {S: 'asked us to stop'}, source: {S: 'manual'}, time: {N: '0'}});
  const factOf = ({now}: Told) => now.facts.find(({what}: {what: string}) => what === 'suppression');
  put('jo@fine.example');
  put('half.example');
  expect(factOf(await explained('jo@fine.example'))).toMatchObject({is: 'off'});
  await pipeline.set({suppression: 'on', 'suppression-override': 'allowed'});
  const suppressed = await explained('JO@fine.example');
  expect(suppressed).toMatchObject({
    code: 1,
    goes: false,
    verdict:
      'would bounce: the recipient is suppressed since 1970-01-01 00:00:00 by manual: asked us to stop',
  });
  expect(factOf(suppressed)).toMatchObject({is: 'by the recipient', isBad: true});
  expect(factOf(await explained('bo@fine.example'))).toMatchObject({is: 'none'});
  expect(factOf(await explained('bo@half.example'))).toMatchObject({is: 'by the domain'});
  // What one of its recipients is, says nothing of a domain.
  put('postmaster@fine.example');
  expect(await explained('fine.example')).toMatchObject({goes: true});
  expect(await explained('half.example')).toMatchObject({goes: false});
  const file = await fileOf('override.json', mailTo('jo@fine.example', {suppression: false}));
  expect(factOf(await explained('--message', file))).toMatchObject({is: 'not asked'});
  await pipeline.set({suppression: null, 'suppression-override': null});
});

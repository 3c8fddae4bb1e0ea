// Names of addresses and of EHLO, as a real DNS has them.

import {expect, test} from 'vitest';
import {addressesSectionOf, type Sending} from '../../../cli/dkim-check/addresses-section.ts';
import {Questions} from '../../../cli/dkim-check/questions.ts';
import {dnsOf} from '../../../functions/deliver/next-hop/lookup.ts';
import {trustFixtures} from '../../functions/deliver/mx-world.ts';
import type {Zone} from '../../servers/dns-server.ts';
import {startDohServer} from '../../servers/doh-server.ts';
import {asking, wordsOf} from './questions-under-test.ts';

trustFixtures();

const v6 = '2606:2800:220:1::7';
const reverse6 = '7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.2.2.0.0.0.8.2.6.0.6.2.ip6.arpa';

const zone: Zone = {
  '4.3.2.1.in-addr.arpa': {PTR: ['Out.Example.org']},
  [reverse6]: {PTR: ['out.example.org']},
  'out.example.org': {A: ['1.2.3.4'], AAAA: ['2606:2800:220:1:0:0:0:7']},
  '5.3.2.1.in-addr.arpa': {PTR: ['other.example.org']},
  'other.example.org': {A: ['1.2.3.6']},
  '6.3.2.1.in-addr.arpa': {PTR: ['a.example.org', 'other.example.org']},
  '7.3.2.1.in-addr.arpa': 'SERVFAIL',
  '9.3.2.1.in-addr.arpa': {PTR: ['\u001b[2J.example.org']},
};

const found = async (sending: Partial<Sending>) => {
  const whole = {addresses: [], helo: 'out.example.org', smarthost: undefined, ...sending};
  const {findings} = await asking(zone, questions => addressesSectionOf(whole, questions));
  return {words: wordsOf(findings), publish: findings.map(({publish}) => publish)};
};

test('an address whose name leads back, and which EHLO says, is good in both families', async () => {
  const {words} = await found({addresses: ['1.2.3.4', v6]});
  expect(words).toEqual([
    'good 1.2.3.4: is out.example.org, which leads back to it; EHLO says so too',
    `good ${v6}: is out.example.org, which leads back to it; EHLO says so too`,
    'good EHLO: says out.example.org, which leads to where mail is sent from',
  ]);
});

test.each<[string, RegExp, object | undefined]>([
  [
    '1.2.3.5',
    /^bad .*its name other.example.org does not lead back/,
    {name: 'other.example.org', type: 'A', value: '1.2.3.5'},
  ],
  ['1.2.3.8', /^bad .*has no name/, {name: '8.3.2.1.in-addr.arpa', type: 'PTR', value: 'out.example.org.'}],
  ['1.2.3.7', /^bad .*cannot be looked up: .*ESERVFAIL/, undefined],
  ['1.2.3.9', /^bad .*does not lead back/, expect.anything()],
  ['10.0.0.1', /^bad .*is a private address/, undefined],
  ['1.2.3.6', /^good .*is other.example.org, which leads back to it$/, undefined],
])('%s: %s', async (address, word, publish) => {
  const {words, publish: given} = await found({addresses: [address]});
  expect(words[0]).toMatch(word);
  expect(given[0]).toEqual(publish);
  expect(words.at(-1)).toMatch(/^bad EHLO: says out.example.org, which does not lead to/);
  expect(words.join('')).not.toContain('\u001b');
});

test.each<[Partial<Sending>, RegExp]>([
  [{helo: undefined}, /^bad EHLO: helo-name is not set/],
  [{helo: undefined, smarthost: 'smtp.example.net'}, /^hint EHLO: .*the smarthost may not mind/],
  [{helo: '1.2.3.4'}, /^bad EHLO: says the address/],
  [{helo: 'mail'}, /^bad EHLO: says mail, a name that others do not know/],
  [{helo: 'mail.internal'}, /a name that others do not know/],
  [{helo: 'mail.localdomain', smarthost: 'smtp.example.net'}, /^hint EHLO: .*do not know/],
  [{helo: 'absent.example.org'}, /^bad EHLO: says absent.example.org, which has no address/],
  [{}, /^good EHLO: says out.example.org, which has an address/],
])('EHLO: %j', async (sending, word) => {
  expect((await found(sending)).words).toEqual([expect.stringMatching(word)]);
});

test('a resolver that is asked over HTTPS tells names of addresses too', async () => {
  const server = await startDohServer(zone);
  const questions = new Questions(
    dnsOf({nameServers: [], resolver: server.address}),
    new AbortController().signal,
  );
  const sending = {addresses: ['1.2.3.4'], helo: 'out.example.org', smarthost: undefined};
  const {findings} = await addressesSectionOf(sending, questions);
  expect(findings.map(({grade}) => grade)).toEqual(['good', 'good']);
  questions.close();
  server.close();
});

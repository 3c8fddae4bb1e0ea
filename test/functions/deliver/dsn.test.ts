// What a message asks of delivery status notifications, as the server gets it, and servers that refuse to be asked.

import {afterEach, describe, expect, test} from 'vitest';
import {dsnOf} from '../../../shared/smtp/dsn.ts';
import {allOffers, type ChunkingScript, type Spoken} from '../../servers/chunking-server.ts';
import {attempt, messageOf, summaryOf} from './attempt-under-test.ts';
import {done, endLanes, laneOf, mailTo, serve} from './lane-under-test.ts';
import {names, sendAll, sentByBdat, serve as serveTransactions, textOf} from './smtp/flights-under-test.ts';

afterEach(endLanes);

const dsn = {notify: 'SUCCESS,FAILURE', ret: 'HDRS', envid: 'a+b', orcpt: 'rfc822;first@example.org'};
const [ofMail, ofRcpt] = [' RET=HDRS ENVID=a+2Bb', ' NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;first@example.org'];
const [mail, rcpt] = ['MAIL FROM:<from@example.com>', 'RCPT TO:<to@example.org>'];
const fields = Object.entries(dsn).map(([name, value]) => `x-mq-dsn-${name}: ${value}\r\n`);
const asksFor = (line: string) => line.endsWith(ofMail) || line.endsWith(ofRcpt);

const offering = '250-scripted.example\r\n250-PIPELINING\r\n250 DSN';

test.each([
  ['by JSON', offering, {dsn}, mail + ofMail, rcpt + ofRcpt],
  [
    'by fields of the text',
    offering,
    {mime: `${fields.join('')}Subject: x\r\n\r\nbody\r\n`},
    mail + ofMail,
    rcpt + ofRcpt,
  ],
  [
    'behind what the message needs',
    '250-scripted.example\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 dsn',
    {dsn, mime: 'ü\r\n'},
    `${mail} SIZE=4 BODY=8BITMIME${ofMail}`,
    rcpt + ofRcpt,
  ],
  ['by the null reverse-path', offering, {dsn, envelope: ''}, `MAIL FROM:<>${ofMail}`, rcpt + ofRcpt],
  [
    'for what is well-formed',
    offering,
    {dsn: {...dsn, envid: 'a\r\nRSET', notify: 'ALL'}},
    `${mail} RET=HDRS`,
    `${rcpt} ORCPT=rfc822;first@example.org`,
  ],
  ['for nothing that RFC 3461 has', offering, {dsn: {mine: 'x'}}, mail, rcpt],
  ['for nothing', offering, {}, mail, rcpt],
  ['though it does not offer DSN', '250-scripted.example\r\n250 PIPELINING', {dsn}, mail, rcpt],
  ['though it offers nothing', '502 what?', {dsn}, mail, rcpt],
] as const)('a server that is asked %s', async (_, EHLO, properties, ...expected) => {
  const server = await serve({EHLO});
  expect(summaryOf(await attempt(server, {message: messageOf(properties)}))).toBe('accepted 250');
  expect(server.commands.filter(line => /^(?:MAIL|RCPT)/.test(line))).toEqual(expected);
});

const refusals = [
  '501',
  '501 5.5.4 Unsupported option',
  '504',
  '555',
  '500 5.5.2 line too long',
  '550 neither ENVID= nor NOTIFY=',
];
const both = refusals.flatMap(refusal => [['MAIL', refusal] as const, ['RCPT', refusal] as const]);

describe.each([
  ['with PIPELINING', ['PIPELINING', 'DSN']],
  ['without PIPELINING', ['DSN']],
])('a server %s that offers DSN', (_, offers) => {
  test.each(both)(
    'and refuses it at %s by %s gets the message without it, and is not asked again',
    async (at, refusal) => {
      const says = ({verb, line}: Spoken) => (verb === at && asksFor(line) ? refusal : undefined);
      const server = await serveTransactions({offers, says});
      const lane = laneOf();
      for (let n = 0; n < 3; n += 1)
        expect(summaryOf(await attempt(server, {lane, message: messageOf({dsn})}))).toBe('accepted 250');
      const mails = server.commands.filter(line => line.startsWith('MAIL'));
      expect(mails).toEqual([mail + ofMail, mail, mail, mail]);
      expect(server.texts).toHaveLength(3);
      expect(server.connections()).toBe(1);
    },
  );

  test('and refuses SIZE, and then DSN, gets the message without either', async () => {
    const server = await serveTransactions({
      offers: [...offers, 'SIZE 1000'],
      says: ({verb, line}) => {
        if (line.includes('SIZE=')) return '555 5.5.4 SIZE= is not for us';
        return verb === 'RCPT' && asksFor(line) ? '501' : undefined;
      },
    });
    expect(summaryOf(await attempt(server, {message: messageOf({dsn})}))).toBe('accepted 250');
    const mails = server.commands.filter(line => line.startsWith('MAIL'));
    expect(mails).toEqual([`${mail} SIZE=24${ofMail}`, mail + ofMail, mail]);
  });

  test.each([
    ['501 malformed', 2, 'rcptto, error, bounced, 5.0.0'],
    ['501 5.1.3 malformed', 1, 'rcptto, error, bounced, 5.1.3'],
    ['550 5.1.1 unknown', 1, 'rcptto, error, bounced, 5.1.1'],
    ['451 4.3.0 later', 1, 'rcptto, error, deferred, 4.3.0, next host'],
  ])('and refuses a recipient (%s) is asked for others all the same', async (refusal, times, summary) => {
    const server = await serveTransactions({
      offers,
      says: ({line}) => (line.includes('<bad@') ? refusal : undefined),
    });
    const lane = laneOf();
    const bad = messageOf({dsn, recipient: 'bad@example.org'});
    expect(summaryOf(await attempt(server, {lane, message: bad}))).toBe(summary);
    expect(server.commands.filter(line => line.includes('<bad@'))).toHaveLength(times);
    expect(summaryOf(await attempt(server, {lane, message: messageOf({dsn})}))).toBe('accepted 250');
    expect(server.commands).toContain(rcpt + ofRcpt);
    expect(server.connections()).toBe(1);
  });

  test('and refuses it, and then closes the connection, has refused the message', async () => {
    const says = ({verb, line}: Spoken) => {
      if (verb !== 'MAIL') return undefined;
      return asksFor(line) ? '501 what?' : 'drop';
    };
    const server = await serveTransactions({offers, says});
    expect(summaryOf(await attempt(server, {message: messageOf({dsn})}))).toBe(
      'mailfrom, error, bounced, 5.0.0',
    );
  });
});

describe('in flights', () => {
  const all = names(20);
  const send = async (says: ChunkingScript['says'] = () => undefined) => {
    const server = await serveTransactions({offers: [...allOffers, 'DSN'], says});
    const outcomes = await sendAll(
      server,
      all.map(name => ({...mailTo(name), dsn: dsnOf(dsn)})),
    );
    const sent = all.filter((_, index) => outcomes[index]!.ok);
    expect(server.texts.toSorted()).toEqual(sent.map(textOf).toSorted());
    expect(server.connections()).toBe(1);
    expect(sentByBdat(server)).toBeGreaterThan(10);
    return {outcomes, commands: server.commands};
  };

  test('each message asks', async () => {
    const {outcomes, commands} = await send();
    expect(outcomes).toEqual(all.map(() => done));
    expect(commands.filter(asksFor)).toHaveLength(2 * all.length);
  });

  test.each(both.flatMap(([at, refusal]) => [[at, refusal, 1] as const, [at, refusal, 8] as const]))(
    'what is refused at %s by %s, from the %ith on, goes without it',
    async (at, refusal, from) => {
      const {outcomes, commands} = await send(({verb, line, count}) =>
        verb === at && count >= from && asksFor(line) ? refusal : undefined,
      );
      expect(outcomes).toEqual(all.map(() => done));
      expect(commands.filter(line => line.startsWith(at)).filter(asksFor).length).toBeLessThan(all.length);
    },
  );

  test('a recipient who is refused takes nothing from others', async () => {
    const {outcomes, commands} = await send(({verb, line}) =>
      verb === 'RCPT' && line.includes('<m5@') ? '501 malformed' : undefined,
    );
    expect(outcomes.map(({ok}) => ok)).toEqual(all.map(name => name !== 'm5'));
    expect(commands.filter(line => line.startsWith('RCPT TO:<m5@'))).toHaveLength(2);
    expect(commands.filter(line => line.endsWith(ofRcpt))).toHaveLength(all.length);
  });
});

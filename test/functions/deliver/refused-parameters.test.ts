// Parameters of MAIL and RCPT that a server offers and then refuses.

import {afterEach, describe, expect, test} from 'vitest';
import {attempt, fullEhlo, messageOf, serveTwo, summaryOf} from './attempt-under-test.ts';
import {endLanes, laneOf, serve} from './lane-under-test.ts';

afterEach(endLanes);

describe('a message with', () => {
  const eightBit = {mime: 'Subject: x\r\n\r\nGrüße\r\n'};
  const utf8 = {recipient: 'jörg@example.org'};
  test.each([
    [eightBit, 'MAIL', '501 5.5.4 Unsupported option: BODY=8BITMIME', '8BITMIME'],
    [eightBit, 'MAIL', '555 5.5.4 Unsupported option', '8BITMIME'],
    [eightBit, 'MAIL', '504', '8BITMIME'],
    [eightBit, 'MAIL', '500 5.5.2 syntax error', '8BITMIME'],
    [eightBit, 'MAIL', '554 5.6.3 conversion required', '8BITMIME'],
    [eightBit, 'MAIL', '550 BODY=8BITMIME is not supported', '8BITMIME'],
    [utf8, 'MAIL', '553 5.6.7 no UTF-8 here', 'SMTPUTF8'],
    [utf8, 'MAIL', '555 5.5.4 SMTPUTF8 unknown', 'SMTPUTF8'],
    [utf8, 'RCPT', '553 5.6.7 no UTF-8 here', 'SMTPUTF8'],
    [{...eightBit, ...utf8}, 'MAIL', '501 5.5.4 no', '8BITMIME and SMTPUTF8'],
  ] as const)(
    '%j, refused at %s by %s, goes to the next host; where there is none, the failure says why',
    async (more, verb, reply, parameter) => {
      const refusing = {EHLO: fullEhlo, [verb]: reply, ...(verb === 'MAIL' && {RCPT: '503', DATA: '503'})};
      const {two, ...pair} = await serveTwo(refusing);
      const message = messageOf(more);
      expect(summaryOf(await attempt(pair, {...pair, message}))).toBe('accepted 250');
      expect(two.texts).toHaveLength(1);

      const both = await serveTwo(refusing, refusing);
      const outcome = await attempt(both, {...both, message});
      const stage = verb === 'MAIL' ? 'mailfrom' : 'rcptto';
      expect(summaryOf(outcome)).toBe(`${stage}, error, bounced, 5.5.4, next host`);
      expect(outcome.tried).toBe(2);
      if (outcome.ok) throw new Error('accepted');
      expect(outcome.failure.description).toMatch(`${parameter}: offered, and then refused: `);
    },
  );

  test.each([
    [eightBit, '550 5.1.8 bad sender', 'mailfrom, error, bounced, 5.1.8'],
    [eightBit, '501 5.1.7 bad sender address syntax', 'mailfrom, error, bounced, 5.1.7'],
    [eightBit, '553 5.5.4 domain name required', 'mailfrom, error, bounced, 5.5.4'],
    [eightBit, '552 5.3.4 too large', 'mailfrom, error, bounced, 5.3.4'],
    [utf8, '550 5.7.1 no', 'mailfrom, error, bounced, 5.7.1'],
    [{}, '501 5.5.4 bad address', 'mailfrom, error, bounced, 5.5.4'],
    [{}, '555 5.5.4 SIZE unknown', 'mailfrom, error, bounced, 5.5.4'],
  ] as const)(
    '%j, whose sender is refused by %s, does not go to the next host',
    async (more, reply, expected) => {
      const {two, ...pair} = await serveTwo({EHLO: fullEhlo, MAIL: reply, RCPT: '503', DATA: '503'});
      expect(summaryOf(await attempt(pair, {...pair, message: messageOf(more)}))).toBe(expected);
      expect(two.connections()).toBe(0);
    },
  );
});

test.each(['555 5.5.4 Unsupported option: SIZE=24', '501 5.5.4 no parameters', '504'])(
  'a server that offers SIZE and refuses it (%s) is not told the size again',
  async refusal => {
    const server = await serve({
      EHLO: '250-scripted.example\r\n250 SIZE 1000',
      MAIL: line => (line.includes('SIZE=') ? refusal : '250 ok'),
    });
    const lane = laneOf();
    for (let n = 0; n < 2; n += 1) expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(server.commands.filter(line => /^(MAIL|RSET)/.test(line))).toEqual([
      'MAIL FROM:<from@example.com> SIZE=24',
      'MAIL FROM:<from@example.com>',
      'MAIL FROM:<from@example.com>',
    ]);
    expect(server.connections()).toBe(1);
  },
);

test.each(['501', '501 5.5.2 syntax error', '500 what?'])(
  'after a refusal that does not speak of a parameter (%s), MAIL is not repeated without SIZE',
  async MAIL => {
    const server = await serve({EHLO: '250-scripted.example\r\n250 SIZE 1000', MAIL});
    expect(await attempt(server)).toMatchObject({ok: false, verdict: {fate: 'bounced'}});
    expect(server.commands.filter(line => line.startsWith('MAIL'))).toHaveLength(1);
  },
);

test('a refused sender stays refused if the server then closes the connection', async () => {
  const server = await serve({MAIL: (_, count) => (count === 1 ? '501 5.5.4 what?' : 'drop'), DATA: '503'});
  expect(summaryOf(await attempt(server))).toBe('mailfrom, error, bounced, 5.5.4');
});

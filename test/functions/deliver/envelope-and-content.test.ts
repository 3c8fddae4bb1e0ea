// The envelope and the content as the server gets them.

import {afterEach, describe, expect, test} from 'vitest';
import {attempt, messageOf, plainEhlo, summaryOf} from './attempt-under-test.ts';
import {endLanes, serve} from './lane-under-test.ts';

afterEach(endLanes);

describe('the envelope', () => {
  test('is given exactly, and as <> when there is none', async () => {
    const server = await serve({EHLO: plainEhlo});
    await attempt(server, {message: messageOf({recipient: 'To.Me+Tag@Example.ORG'})});
    await attempt(server, {message: messageOf({envelope: undefined})});
    expect(server.commands.filter(line => /^(MAIL|RCPT)/.test(line))).toEqual([
      'MAIL FROM:<from@example.com>',
      'RCPT TO:<To.Me+Tag@Example.ORG>',
      'MAIL FROM:<>',
      'RCPT TO:<to@example.org>',
    ]);
  });

  test('asks for SMTPUTF8 where it is needed and offered', async () => {
    const server = await serve();
    expect(summaryOf(await attempt(server, {message: messageOf({recipient: 'jörg@example.org'})}))).toBe(
      'accepted 250',
    );
    expect(server.commands).toContain('MAIL FROM:<from@example.com> SIZE=24 SMTPUTF8');
  });

  test('with a UTF-8 local part bounces where SMTPUTF8 is not offered', async () => {
    const outcome = await attempt(await serve({EHLO: plainEhlo}), {
      message: messageOf({recipient: 'jörg@example.org'}),
    });
    expect(summaryOf(outcome)).toBe('mailfrom, error, bounced, 5.6.7, next host');
  });

  test.each([plainEhlo, undefined])(
    'with a UTF-8 domain alone uses A-labels, whatever is offered',
    async EHLO => {
      const server = await serve(EHLO === undefined ? {} : {EHLO});
      await attempt(server, {message: messageOf({recipient: 'to@bücher.example'})});
      expect(server.commands).toContain('RCPT TO:<to@xn--bcher-kva.example>');
    },
  );
});

describe('the content', () => {
  test('that is 8-bit is declared where 8BITMIME is offered, and bounces where it is not', async () => {
    const eightBit = messageOf({mime: 'Subject: x\r\n\r\nGrüße\r\n'});
    const server = await serve({EHLO: plainEhlo});
    await attempt(server, {message: eightBit});
    expect(server.commands).toContain('MAIL FROM:<from@example.com> BODY=8BITMIME');
    const outcome = await attempt(await serve({EHLO: '250 scripted.example'}), {message: eightBit});
    expect(summaryOf(outcome)).toBe('mailfrom, error, bounced, 5.6.3, next host');
  });

  test('that is larger than the server takes bounces without being sent', async () => {
    const server = await serve({EHLO: '250-scripted.example\r\n250 SIZE 20'});
    expect(summaryOf(await attempt(server))).toBe('mailfrom, error, bounced, 5.3.4, next host');
    expect(server.commands.some(line => line.startsWith('MAIL'))).toBe(false);
  });

  test('cannot end itself early: dots are stuffed, bare CR and LF become line ends', async () => {
    const server = await serve();
    const smuggled = 'Subject: x\n\n.\n.first\r.\rMAIL FROM:<a@example.net>\r\n.\r\n..\n\r.\r\nend';
    await attempt(server, {message: messageOf({mime: smuggled})});
    expect(server.texts).toEqual([
      'Subject: x\r\n\r\n..\r\n..first\r\n..\r\nMAIL FROM:<a@example.net>\r\n..\r\n...\r\n\r\n..\r\nend\r\n',
    ]);
    expect(server.commands.filter(line => line.startsWith('MAIL'))).toHaveLength(1);
  });
});

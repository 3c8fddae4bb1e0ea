// How a session opens at servers that write replies in their own ways. STARTTLS is in tls.test.ts.

import {afterEach, describe, expect, test} from 'vitest';
import {Lane} from '../../../../functions/deliver/lane.ts';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import {parseMailbox} from '../../../../shared/smtp/address.ts';
import {contentOf} from '../../../../shared/smtp/content.ts';
import type {Target} from '../../../../shared/smtp/target.ts';
import {type LineServer, type Script, startLineServer} from '../../../servers/line-server.ts';
import {inStillTime} from '../../runtime/still-time.ts';
import {transact} from '../lane-under-test.ts';
import {credentials, endOpenings, open, optionsOf, running, serve, targetOf} from './opening-under-test.ts';

afterEach(endOpenings);

const to = parseMailbox('you@example.org');
if (!to.ok) throw new Error(to.problem);
const mail = {from: undefined, to: to.value, content: contentOf('Subject: x\r\n\r\nbody\r\n')};

/** What becomes of two messages over one lane, one after the other. */
async function deliver(server: LineServer, more: Partial<Target> = {}, options = optionsOf()) {
  const lane = new Lane(new Connections(Date.now));
  running.push(lane);
  const outcomes: unknown[] = [];
  for (let count = 0; count < 2; count += 1) {
    const {ok, ...rest} = await transact(lane, targetOf(server, more), mail, options);
    outcomes.push('reply' in rest ? rest.reply.code : rest.failure);
  }
  return outcomes;
}

/** Where each reply of a session is due, and what the code of the usual one is. */
const moments: readonly (readonly [name: string, line: RegExp, code: number])[] = [
  ['the greeting', /^$/, 220],
  ['EHLO', /^EHLO/, 250],
  ['HELO', /^HELO/, 250],
  ['AUTH', /^AUTH PLAIN ./, 235],
  ['AUTH LOGIN', /^AUTH LOGIN/, 334],
  ['the user name of AUTH LOGIN', /^bWU=$/, 334],
  ['the password of AUTH LOGIN', /^aHVudGVyMg==$/, 235],
  ['MAIL', /^MAIL/, 250],
  ['RCPT', /^RCPT/, 250],
  ['DATA', /^DATA/, 354],
  ['the dot', /^\.$/, 250],
  ['QUIT', /^QUIT/, 221],
];

const forms: readonly (readonly [name: string, form: (code: number) => string])[] = [
  ['a bare code', code => `${code}\r\n`],
  ['a code and a space', code => `${code} \r\n`],
  ['a code and a tab', code => `${code}\tgo on\r\n`],
  ['LF alone', code => `${code} go on\n`],
  ['a bare code and LF', code => `${code}\n`],
  ['CR CR LF', code => `${code} go on\r\r\n`],
  ['an empty line ahead', code => `\r\n${code} go on\r\n`],
  ['bare codes over lines', code => `${code}-\r\n${code}\r\n`],
  ['other codes ahead', code => `${code === 220 ? 250 : 220}-well\r\n${code} go on\r\n`],
  ['lines without a code between', code => `${code}-go\r\non\r\n${code} now\r\n`],
  ['25 kB', code => `${`${code}-go on and on\r\n`.repeat(1700)}${code} now\r\n`],
];

const session = (line: string) => {
  if (line.startsWith('AUTH LOGIN')) return '334 VXNlcm5hbWU6\r\n';
  if (line === 'bWU=') return '334 UGFzc3dvcmQ6\r\n';
  return line === 'aHVudGVyMg==' ? '235 2.7.0 ok\r\n' : undefined;
};

describe.each(moments)('to %s', (_, pattern, code) => {
  test.each(forms)('%s is a reply', async (_, form) => {
    const asked = `${pattern}`;
    const auth = /LOGIN|bWU|aHV/.test(asked) ? 'LOGIN' : 'PLAIN';
    const says: Script['says'] = line => {
      if (pattern.test(line)) {
        const reply = form(code);
        // What EHLO offers is in its later lines.
        return line.startsWith('EHLO') ? `250-line.example\r\n250-AUTH PLAIN\r\n${reply}` : reply;
      }
      if (asked.includes('HELO') && !asked.includes('EHLO') && line.startsWith('EHLO')) return '502 no\r\n';
      if (line.startsWith('EHLO')) return `250-line.example\r\n250-AUTH ${auth}\r\n250 SIZE\r\n`;
      return session(line);
    };
    const server = await serve({says});
    const withCredentials = asked.includes('HELO') && !asked.includes('EHLO') ? {} : {credentials};
    const ahead = pattern.test('EHLO x') && form(code).startsWith('220-');
    // Where the codes of lines differ, the last ones count, and earlier lines offer nothing.
    const expected = ahead ? [] : [250, 250];
    const outcomes = await deliver(server, withCredentials);
    if (ahead) expect(outcomes).toMatchObject([{fact: 'auth-not-offered'}, {fact: 'auth-not-offered'}]);
    else expect(outcomes).toEqual(expected);
  });
});

describe('refusals in the same forms', () => {
  test.each(forms)('%s', async (_, form) => {
    const rcpt = await serve({says: line => (line.startsWith('RCPT') ? form(550) : undefined)});
    expect(await deliver(rcpt)).toMatchObject([
      {stage: 'rcptto', result: 'error', reply: {code: 550}},
      {stage: 'rcptto', result: 'error', reply: {code: 550}},
    ]);
    const dot = await serve({says: line => (line === '.' ? form(451) : undefined)});
    expect(await deliver(dot)).toMatchObject([
      {stage: 'message', result: 'error', reply: {code: 451}},
      {stage: 'message', result: 'error', reply: {code: 451}},
    ]);
  });
});

test.each(forms)('to RSET, %s is a reply', async (_, form) => {
  const server: LineServer = await serve({
    says: line => {
      if (line === 'RSET') return form(250);
      return line.startsWith('RCPT') && !server.lines.includes('RSET') ? '550 5.1.1 unknown\r\n' : undefined;
    },
  });
  expect(await deliver(server)).toMatchObject([{stage: 'rcptto', reply: {code: 550}}, 250]);
  expect(server.lines).toContain('RSET');
  expect(server.connections()).toBe(1);
});

describe('after the dot the digits decide', () => {
  const once = (reply: string, then: (line: string) => string | undefined = () => undefined) => {
    let isFirst = true;
    return (line: string) => {
      if (line !== '.' || !isFirst) return then(line);
      isFirst = false;
      return reply;
    };
  };
  test.each([
    ['250OK\r\n', 250],
    [' 250 ok\r\n', 250],
    ['250: ok\r\n', 250],
    ['\xef\xbb\xbf250 ok\r\n', 250],
    ['250-taken\r\n554 5.6.0 refused\r\n', {stage: 'message', reply: {code: 554}}],
    ['554,\r\n', {stage: 'message', reply: {code: 554}}],
    ['ok\r\n', {stage: 'message', result: 'invalid'}],
    ['2500 ok\r\n', {stage: 'message', result: 'invalid'}],
  ])('of %j, whatever else is wrong with them', async (reply, expected) => {
    const server = await serve({says: once(reply)});
    const [first, second] = await deliver(server);
    if (typeof expected === 'number') expect(first).toBe(expected);
    else expect(first).toMatchObject(expected);
    expect(second).toBe(250);
  });

  test.each([
    ['250', 250],
    ['250 2.0.0 tak', 250],
    ['250-2.0.0 taken\r\n', 250],
    ['554 5.6.0 sp', {stage: 'message', result: 'error', reply: {code: 554}}],
    ['25', {stage: 'message', result: 'lost'}],
    ['', {stage: 'message', result: 'lost'}],
    ['wh', {stage: 'message', result: 'lost'}],
  ])('of %j, if the connection is lost there', async (reply, expected) => {
    const server = await startLineServer({says: once(reply)});
    running.push(server);
    const outcome = deliver(server);
    while (!server.lines.includes('.')) await new Promise(resolve => setTimeout(resolve, 5));
    await server.close();
    const [first] = await outcome;
    if (typeof expected === 'number') expect(first).toBe(expected);
    else expect(first).toMatchObject(expected);
  });

  test.each([
    ['250-2.0.0 taken\r\n', 250],
    ['2', {stage: 'message', result: 'timeout'}],
  ])('of %j, if nothing follows', async (reply, expected) => {
    const server = await serve({says: line => (line === '.' ? reply : undefined)});
    const lane = new Lane(new Connections(Date.now));
    running.push(lane);
    const {ok, ...sent} = await inStillTime(
      () => transact(lane, targetOf(server), mail, optionsOf(600)),
      () => server.lines.includes('.'),
    );
    if (typeof expected === 'number') expect(sent).toMatchObject({reply: {code: expected}});
    else expect(sent).toMatchObject({failure: expected});
  });
});

describe('before the text', () => {
  test.each([
    ['intro', /^$/],
    ['mailfrom', /^MAIL/],
    ['rcptto', /^RCPT/],
    ['data', /^DATA/],
  ] as const)('junk at %s is no answer, digits or not', async (stage, pattern) => {
    for (const junk of [
      'what?\r\n',
      '250OK\r\n',
      ' 250 ok\r\n',
      '2500 ok\r\n',
      'HTTP/1.1 400 Bad Request\r\n',
    ]) {
      const server = await serve({says: line => (pattern.test(line) ? junk : undefined)});
      expect((await deliver(server))[0]).toMatchObject({stage, result: 'invalid'});
    }
  });

  test.each(['what?\r\n', '2xx\r\n', '\0\r\n', '500 no\r\n', '502\r\n', '250OK\r\n'])(
    '%j at EHLO has it say HELO',
    async reply => {
      const server = await serve({says: line => (line.startsWith('EHLO') ? reply : undefined)});
      expect(await deliver(server)).toEqual([250, 250]);
      expect(server.connections()).toBe(1);
    },
  );

  test('a server that refuses EHLO and closes has said why', async () => {
    const server = await serve({
      says: line =>
        line.startsWith('EHLO') ? '554 5.7.1 go away\r\n' : line.startsWith('HELO') ? '' : undefined,
    });
    const opened = open(server);
    while (!server.lines.some(line => line.startsWith('HELO')))
      await new Promise(resolve => setTimeout(resolve, 5));
    await server.close();
    expect((await opened).failure).toMatchObject({stage: 'ehlo', reply: {code: 554}});
  });
});

describe('octets that come too early end the connection', () => {
  test.each([
    ['the greeting', /^$/, '220 line.example\r\n250 hello\r\n', 'ehlo'],
    ['EHLO', /^EHLO/, '250-line.example\r\n250 SIZE\r\n250 ok\r\n', 'ehlo'],
    ['AUTH', /^AUTH/, '235 ok\r\n250 ok\r\n', 'authplain'],
  ] as const)('behind the reply to %s', async (_, pattern, reply, stage) => {
    const says: Script['says'] = line => {
      if (pattern.test(line)) return reply;
      return line.startsWith('EHLO') ? '250-line.example\r\n250 AUTH PLAIN\r\n' : undefined;
    };
    const server = await serve({says});
    const more = stage === 'authplain' ? {credentials} : {};
    expect((await open(server, more)).failure).toMatchObject({stage, result: 'lost'});
    expect(server.lines.some(line => line.startsWith('MAIL'))).toBe(false);
  });

  test('but an empty line does not', async () => {
    const server = await serve({says: line => (line === '' ? '220 line.example\r\n\r\n' : undefined)});
    expect(await deliver(server)).toEqual([250, 250]);
  });
});

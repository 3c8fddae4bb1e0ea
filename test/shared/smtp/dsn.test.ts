import {describe, expect, test} from 'vitest';
import type {Json, JsonObject} from '../../../shared/json.ts';
import {contentOf} from '../../../shared/smtp/content.ts';
import {dsnOf} from '../../../shared/smtp/dsn.ts';
import {envelopeCommands} from '../../../shared/smtp/mail-parameters.ts';
import {Dice} from '../../samples/dice.ts';
import {mailbox} from '../../samples/messages.ts';

const envelope = {from: mailbox('from@example.com'), to: mailbox('to@example.org')};
const content = contentOf('Subject: x\r\n\r\nGrüße\r\n');

/** MAIL and RCPT without what is always there. */
const asked = (json: JsonObject): string => {
  const dsn = dsnOf(json);
  const [mail, rcpt] = envelopeCommands({...envelope, content}, {size: false, ...(dsn && {dsn})});
  return [mail![1].split(' BODY=8BITMIME')[1], rcpt![1].split('<to@example.org>')[1]].join(' |');
};

const long = (length: number) => 'x'.repeat(length);

test.each([
  [{}, ' |'],
  [
    {notify: 'SUCCESS,FAILURE', ret: 'HDRS', envid: 'order-1', orcpt: 'rfc822;user@example.org'},
    ' RET=HDRS ENVID=order-1 | NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;user@example.org',
  ],
  [{notify: ' delay , Success'}, ' | NOTIFY=SUCCESS,DELAY'],
  [{notify: ['failure', 'FAILURE', 'delay']}, ' | NOTIFY=FAILURE,DELAY'],
  [{notify: 'never'}, ' | NOTIFY=NEVER'],
  [{notify: ['NEVER']}, ' | NOTIFY=NEVER'],
  [{ret: 'full'}, ' RET=FULL |'],
  [{ret: 'FULL', other: 1}, ' RET=FULL |'],
  // RFC 3461 4: what xtext has a code for.
  [{envid: 'a+b=c d'}, ' ENVID=a+2Bb+3Dc+20d |'],
  [{envid: 'abc+2B1'}, ' ENVID=abc+2B2B1 |'],
  [{envid: '!~<>"\\;'}, ' ENVID=!~<>"\\; |'],
  [{envid: long(100)}, ` ENVID=${long(100)} |`],
  [{orcpt: 'RFC822;a+b@example.org'}, ' | ORCPT=RFC822;a+2Bb@example.org'],
  [{orcpt: 'x400;/C=nl/ A;B'}, ' | ORCPT=x400;/C+3Dnl/+20A;B'],
  // RFC 6533 3, as it is written for servers without SMTPUTF8.
  [{orcpt: 'utf-8;j\\x{F6}rg@example.org'}, ' | ORCPT=utf-8;j\\x{F6}rg@example.org'],
  [{orcpt: `rfc822;${long(493)}`}, ` | ORCPT=rfc822;${long(493)}`],
] as const)('%j asks for it: %s', (json, expected) => {
  expect(asked(json)).toBe(expected);
});

describe('what is not well-formed is left out, and the rest is asked:', () => {
  const good = {notify: 'DELAY', ret: 'HDRS', envid: 'e', orcpt: 'rfc822;o'};
  const without = {
    notify: ' RET=HDRS ENVID=e | ORCPT=rfc822;o',
    ret: ' ENVID=e | NOTIFY=DELAY ORCPT=rfc822;o',
    envid: ' RET=HDRS | NOTIFY=DELAY ORCPT=rfc822;o',
    orcpt: ' RET=HDRS ENVID=e | NOTIFY=DELAY',
  };
  const never: readonly Json[] = ['', null, 1, true, {}, [[]], 'é', 'a\r\nRSET', 'x'.repeat(1_000_000)];
  const rows: Record<keyof typeof good, readonly Json[]> = {
    notify: [
      ...never,
      [],
      ',',
      'SUCCESS,',
      'NEVER,SUCCESS',
      'NEVER,NEVER',
      'NEVER DELAY',
      'ALWAYS',
      'SUCCESS;DELAY',
      ['SUCCESS,DELAY'],
      ['SUCCESS', 1],
      Array(1_000_000).fill('SUCCESS'),
      'SUCCESS\r\nRSET',
    ],
    ret: [...never, 'HEADERS', 'FULL HDRS', ['FULL']],
    envid: [...never, 'x'.repeat(101), '+'.repeat(34), 'a\tb', 'a\0', 'a\x7f', 'a\n', '\u2028', ['e']],
    orcpt: [
      ...never,
      'user@example.org',
      ';user@example.org',
      'rfc822;',
      'rfc 822;a',
      'rfc822 ;a',
      'rfc822\r\n;a',
      'rfc822;a\n',
      'rfc822;a\r\nRSET',
      'utf-8;jörg@example.org',
      `rfc822;${'x'.repeat(494)}`,
      `rfc822;${'+'.repeat(200)}`,
      `${'x'.repeat(500)};a`,
    ],
  };
  const flat = Object.entries(rows).flatMap(([name, values]) =>
    values.map(value => [name as keyof typeof good, JSON.stringify(value).slice(0, 40), value] as const),
  );
  test.each(flat)('%s: %s', (name, _, value) => {
    expect(asked({...good, [name]: value})).toBe(without[name]);
  });
});

/** RFC 3461 4. */
const decoded = (xtext: string) =>
  xtext.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

test('whatever is asked, each command is one line of known parameters, not too long, and means what was asked', () => {
  const seed = Number(process.env.RELAYQ_TEST_SEED ?? Date.now() % 100_000);
  const dice = new Dice(seed, 'dsn');
  const parts = [
    'a',
    '+',
    '=',
    ' ',
    ';',
    '\r',
    '\n',
    '\0',
    '>',
    '<',
    'ü',
    '\u0085',
    '\u2028',
    '+0D+0A',
    '=2B',
  ];
  const words = ['SUCCESS', 'FAILURE', 'DELAY', 'NEVER', 'FULL', 'HDRS', 'rfc822;', ','];
  const text = () =>
    Array.from({length: dice.whole(0, 6)}, () =>
      dice.oneOf(dice.chance(0.3) ? parts : words).repeat(dice.chance(0.05) ? 120 : 1),
    ).join('');
  const from = mailbox(`${'x'.repeat(64)}@${'x.'.repeat(126)}x`);
  const longest = {from, to: from, content: {...content, size: 10 ** 15}};
  for (let n = 0; n < 20_000; n += 1) {
    const json = {notify: text(), ret: text(), envid: text(), orcpt: `rfc822;${text()}`};
    const dsn = dsnOf(json);
    if (dsn === undefined) continue;
    const commands = envelopeCommands(longest, {size: true, dsn}).map(([, line]) => line);
    for (const line of commands) {
      expect(line, `seed ${seed}`).toMatch(
        /^(?:(?:MAIL FROM|RCPT TO):<[^ <>]*>(?: [A-Z]+=[!-<>-~]+)*|DATA)$/,
      );
      // RFC 5321 4.5.3.1.4 with RFC 3461's 500, and with the line end.
      expect(line.length + 2).toBeLessThanOrEqual(1012);
    }
    const all = commands.join(' ');
    const envid = / ENVID=(\S+)/.exec(all)?.[1];
    if (envid !== undefined) expect(decoded(envid), `seed ${seed}`).toBe(json.envid);
    const orcpt = / ORCPT=(\S+)/.exec(all)?.[1];
    if (orcpt !== undefined) expect(decoded(orcpt), `seed ${seed}`).toBe(json.orcpt);
  }
});

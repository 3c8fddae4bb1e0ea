import {describe, expect, test} from 'vitest';
import {contentOf} from '../../../shared/smtp/content.ts';
import {Courtesies} from '../../../shared/smtp/courtesies.ts';
import {dsnOf} from '../../../shared/smtp/dsn.ts';
import type {Failure, Stage} from '../../../shared/smtp/failure.ts';
import {mailbox} from '../../samples/messages.ts';

const refusal = (stage: Stage, code: number, status?: string, text = 'no'): Failure => ({
  stage,
  result: 'error',
  reply: {code, text, ...(status && {status})},
  description: text,
});
const mailWith = (json: Parameters<typeof dsnOf>[0]) => ({
  from: undefined,
  to: mailbox('to@example.org'),
  content: contentOf('x'),
  dsn: dsnOf(json),
});
const full = () => mailWith({notify: 'NEVER', envid: 'e'});
const offering = (...names: readonly string[]) => new Courtesies(new Map(names.map(name => [name, ''])));
const toldNames = (courtesies: Courtesies, mail: ReturnType<typeof full>) => {
  const {size, dsn} = courtesies.of(mail);
  return [...(size ? ['SIZE'] : []), ...(dsn ? ['DSN'] : [])].join(' ');
};

test.each([
  [['SIZE', 'DSN'], full(), 'SIZE DSN'],
  [['DSN'], full(), 'DSN'],
  [['SIZE'], full(), 'SIZE'],
  [['SIZE', 'DSN'], mailWith({}), 'SIZE'],
  [[], full(), ''],
] as const)('of %j what the server is told of %j: %s', (offers, mail, expected) => {
  expect(toldNames(offering(...offers), mail)).toBe(expected);
});

// [stage, code, status, text, what is told after that; undefined where the message does not go again]
describe.each([
  ['mailfrom', 501, undefined, 'no', 'SIZE'],
  ['mailfrom', 500, '5.5.2', 'line too long', 'SIZE'],
  ['mailfrom', 504, undefined, 'no', ''],
  ['mailfrom', 555, undefined, 'no', ''],
  ['mailfrom', 501, '5.5.4', 'no', ''],
  ['mailfrom', 555, '5.5.4', 'Unsupported option: SIZE=24', 'DSN'],
  ['mailfrom', 555, '5.5.4', 'Unsupported option: ENVID=e', 'SIZE'],
  ['mailfrom', 555, '5.5.4', 'neither SIZE= nor RET=', ''],
  ['mailfrom', 550, undefined, 'DSN is not for you', 'SIZE'],
  ['mailfrom', 550, undefined, 'no', undefined],
  ['mailfrom', 501, '5.1.7', 'no', undefined],
  ['mailfrom', 550, '5.7.1', 'DSN', undefined],
  ['mailfrom', 553, '5.6.7', 'no', undefined],
  ['mailfrom', 503, '5.5.1', 'DSN', undefined],
  ['mailfrom', 451, '4.5.4', 'DSN', undefined],
  ['rcptto', 500, undefined, 'no', 'SIZE'],
  ['rcptto', 501, undefined, 'no', 'SIZE'],
  ['rcptto', 504, '5.5.4', 'no', 'SIZE'],
  ['rcptto', 555, '5.5.4', 'SIZE=24', 'SIZE'],
  ['rcptto', 550, '5.5.0', 'NOTIFY=NEVER', 'SIZE'],
  ['rcptto', 501, '5.1.3', 'no', undefined],
  ['rcptto', 550, '5.1.1', 'no', undefined],
  ['rcptto', 550, undefined, 'no', undefined],
  ['rcptto', 452, '4.5.3', 'no', undefined],
  ['data', 501, undefined, 'no', undefined],
  ['message', 554, '5.5.4', 'DSN', undefined],
] as const)('at %s %d %s %s', (stage, code, status, text, expected) => {
  const mail = full();
  const courtesies = offering('SIZE', 'DSN');
  const again = courtesies.leaveOut(refusal(stage, code, status, text), courtesies.of(mail));
  test(`the message is told so: ${expected}`, () => {
    expect([again, toldNames(courtesies, mail)]).toEqual([expected !== undefined, expected ?? 'SIZE DSN']);
  });
});

test.each([
  ['mailfrom', {notify: 'NEVER'}],
  ['rcptto', {envid: 'e'}],
] as const)('a refusal at %s is not of what was not asked there: %j', (stage, json) => {
  const courtesies = offering('DSN');
  const mail = mailWith(json);
  expect(courtesies.leaveOut(refusal(stage, 501), courtesies.of(mail))).toBe(false);
});

test('other messages are asked until the server has taken the refused one without it', () => {
  const courtesies = offering('DSN');
  const [refused, other] = [full(), full()];
  courtesies.leaveOut(refusal('rcptto', 501), courtesies.of(refused));
  courtesies.taken(other);
  expect([refused, other].map(mail => toldNames(courtesies, mail))).toEqual(['', 'DSN']);
  courtesies.taken(refused);
  expect(toldNames(courtesies, other)).toBe('');
});

test('a lost connection is no refusal', () => {
  const courtesies = offering('SIZE', 'DSN');
  const lost = {stage: 'mailfrom', result: 'lost', description: ''} as const;
  expect(courtesies.leaveOut(lost, courtesies.of(full()))).toBe(false);
});

import {describe, expect, test} from 'vitest';
import {contentOf} from '../../../shared/smtp/content.ts';
import type {Failure, Stage} from '../../../shared/smtp/failure.ts';
import {
  envelopeCommands,
  isOfParameters,
  isOfSize,
  misfitOf,
  parameterRefusalOf,
} from '../../../shared/smtp/mail-parameters.ts';
import {mailbox} from '../../samples/messages.ts';

const ascii = contentOf('Subject: x\r\n\r\nbody\r\n');
const eightBit = contentOf('Subject: x\r\n\r\nGrüße\r\n');
const plain = {from: mailbox('from@example.com'), to: mailbox('to@example.org')};
const utf8 = {...plain, to: mailbox('jörg@example.org')};
const refusal = (code: number, status?: string, text = 'no', stage: Stage = 'mailfrom'): Failure => ({
  stage,
  result: 'error',
  reply: {code, text, ...(status && {status})},
  description: text,
});

// [code, status, text, whether it is of a parameter, whether it is of SIZE, which could be left out]
test.each([
  [500, undefined, 'no', true, false],
  [501, undefined, 'no', true, false],
  [502, '5.5.1', 'no', true, false],
  [504, undefined, 'no', true, true],
  [555, undefined, 'no', true, true],
  [501, '5.5.4', 'no', true, true],
  [501, '5.5.2', 'no', true, false],
  [501, '5.0.0', 'bad parameter', true, true],
  [555, '5.5.4', 'Unsupported option: SIZE=24', true, true],
  [550, undefined, 'SIZE=24 is unknown', true, true],
  [550, '5.5.4', 'BODY=8BITMIME is unknown', true, true],
  [554, undefined, '8BITMIME not supported', true, false],
  [553, '5.6.7', 'no', true, false],
  [550, '5.6.7', 'no', true, false],
  [554, '5.6.3', 'no', true, false],
  [554, '5.6.9', 'no', true, false],
  // These are of the sender, of the message, of the sequence, and for now.
  [501, '5.1.7', 'no', false, false],
  [553, '5.1.8', 'no', false, false],
  [553, '5.5.4', 'domain name required', false, false],
  [550, undefined, 'no', false, false],
  [550, '5.7.1', 'SIZE= and BODY=', false, false],
  [552, '5.3.4', 'too large', false, false],
  [503, '5.5.1', 'no', false, false],
  [503, undefined, '8BITMIME', false, false],
  [530, '5.7.0', 'no', false, false],
  [451, '4.5.4', 'no', false, false],
] as const)(
  'MAIL refused by %d %s (%s) is of a parameter: %s, of SIZE: %s',
  (code, status, text, any, size) => {
    const failure = refusal(code, status, text);
    expect([isOfParameters(failure), isOfSize(failure)]).toEqual([any, size]);
  },
);

test.each([
  [553, '5.6.7', true],
  [550, '5.6.7', true],
  [555, '5.5.4', false],
  [501, undefined, false],
] as const)('RCPT refused by %d %s is of a parameter: %s, and never of SIZE', (code, status, expected) => {
  const failure = refusal(code, status, 'no', 'rcptto');
  expect([isOfParameters(failure), isOfSize(failure)]).toEqual([expected, false]);
});

test('a lost connection is no refusal of a parameter', () => {
  expect(isOfParameters({stage: 'mailfrom', result: 'lost', description: ''})).toBe(false);
});

describe('a refusal is of what the message needs', () => {
  const needed = (envelope: typeof plain, content: typeof ascii, stage: Stage = 'mailfrom') =>
    parameterRefusalOf(refusal(553, '5.6.7', 'no', stage), {...envelope, content})?.description;
  test.each([
    [plain, ascii, 'mailfrom', undefined],
    [plain, eightBit, 'mailfrom', '8BITMIME: offered, and then refused: no'],
    [utf8, ascii, 'mailfrom', 'SMTPUTF8: offered, and then refused: no'],
    [utf8, eightBit, 'mailfrom', '8BITMIME and SMTPUTF8: offered, and then refused: no'],
    [utf8, eightBit, 'rcptto', 'SMTPUTF8: offered, and then refused: no'],
    [plain, eightBit, 'rcptto', undefined],
  ] as const)('%#', (envelope, content, stage, expected) => {
    expect(needed(envelope, content, stage)).toBe(expected);
  });
});

test.each([
  [plain, ascii, {}, undefined],
  [plain, ascii, {SIZE: '10'}, 'too-large'],
  [plain, ascii, {SIZE: '0'}, undefined],
  [plain, eightBit, {}, '8bitmime-not-offered'],
  [plain, eightBit, {'8BITMIME': ''}, undefined],
  [utf8, ascii, {}, 'smtputf8-not-offered'],
  [utf8, ascii, {SMTPUTF8: ''}, undefined],
] as const)('what a server cannot take, by what it offers: %#', (envelope, content, offered, fact) => {
  expect(misfitOf({...envelope, content}, new Map(Object.entries(offered)))?.fact).toBe(fact);
});

test.each([
  [plain, ascii, false, 'MAIL FROM:<from@example.com>'],
  [plain, ascii, true, `MAIL FROM:<from@example.com> SIZE=${ascii.size}`],
  [plain, eightBit, false, 'MAIL FROM:<from@example.com> BODY=8BITMIME'],
  [utf8, eightBit, true, `MAIL FROM:<from@example.com> SIZE=${eightBit.size} BODY=8BITMIME SMTPUTF8`],
  [{...plain, from: undefined}, ascii, false, 'MAIL FROM:<>'],
] as const)('MAIL names what the message needs: %#', (envelope, content, tellSize, mail) => {
  expect(envelopeCommands({...envelope, content}, {size: tellSize})).toEqual([
    ['mailfrom', mail],
    ['rcptto', `RCPT TO:<${envelope.to.address}>`],
    ['data', 'DATA'],
  ]);
});

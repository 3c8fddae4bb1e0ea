// Every row: the replies to RSET (- for none), MAIL, RCPT and BDAT, and what they mean to the message. `lost` and `timeout`
// are of a text that had left as a whole, `cut` is of one that had not.

import {describe, expect, test} from 'vitest';
import type {Stage, Tried} from '../../../shared/smtp/failure.ts';
import {fateOf} from '../../../shared/smtp/flight-replies.ts';
import {judge} from '../../../shared/smtp/verdict.ts';

const stages: readonly Stage[] = ['mailfrom', 'mailfrom', 'rcptto', 'message'];

function heard(word: string, index: number): Tried | undefined {
  const stage = stages[index]!;
  if (word === '-') return undefined;
  if (word === 'cut')
    return heard('lost', 2) && {ok: false, failure: {stage: 'data', result: 'lost', description: word}};
  if (word === 'lost' || word === 'timeout')
    return {ok: false, failure: {stage, result: word, description: word}};
  return {ok: true, reply: {code: Number(word), text: `to ${stage}`}};
}

function told(row: string): string {
  const [words = '', flag] = row.split(' | ');
  const [reset, mail, rcpt, text] = words.split(/ +/).map(heard);
  const {fate, inStep, isUnknown} = fateOf({
    reset,
    mail: mail!,
    rcpt: rcpt!,
    text: text!,
    hasLeft: flag === 'after 421',
  });
  const end = inStep ? '' : ', ends';
  if (fate.ok) return `taken${end}`;
  const {stage, reply, result} = fate.failure;
  const maybe = judge(fate.failure).maybeSent ? ' (maybe sent)' : '';
  return `${stage} ${reply?.code ?? result}${maybe}${isUnknown ? ', knows no BDAT' : ''}${end}`;
}

describe('the replies to a message of a flight', () => {
  test.each([
    // As it should be.
    ['-   250 250 250', 'taken'],
    ['250 250 250 250', 'taken'],
    ['-   250 251 200', 'taken'],
    // Refused, with the text behind it (RFC 3030 2).
    ['250 550 503 503', 'mailfrom 550'],
    ['250 450 503 554', 'mailfrom 450'],
    ['250 250 550 554', 'rcptto 550'],
    ['250 250 450 503', 'rcptto 450'],
    ['250 250 552 451', 'rcptto 552'],
    ['250 250 250 554', 'message 554'],
    ['250 250 250 451', 'message 451'],
    // The text of a refused transaction is answered with nothing: the next RSET has the reply.
    ['250 250 550 250', 'rcptto 550, ends'],
    ['250 550 503 250', 'mailfrom 550, ends'],
    ['250 250 550 timeout', 'rcptto 550, ends'],
    ['250 550 503 lost', 'mailfrom 550, ends'],
    // The one before was answered twice: the replies are those of before.
    ['554 250 250 250', 'message invalid (maybe sent), ends'],
    ['503 250 550 250', 'message invalid (maybe sent), ends'],
    ['554 250 lost lost', 'message invalid (maybe sent), ends'],
    ['554 250 lost cut', 'data lost, ends'],
    // Replies that cannot both be true.
    ['250 550 250 250', 'message invalid (maybe sent), ends'],
    ['250 550 354 503', 'message invalid (maybe sent), ends'],
    ['250 503 250 250', 'message invalid (maybe sent), ends'],
    ['250 503 503 503', 'message invalid (maybe sent), ends'],
    ['250 250 503 503', 'message invalid (maybe sent), ends'],
    ['250 250 354 250', 'message invalid (maybe sent), ends'],
    ['250 354 250 250', 'message invalid (maybe sent), ends'],
    ['250 250 250 354', 'message invalid (maybe sent), ends'],
    ['250 250 250 503', 'message 503, ends'],
    // It does not know BDAT after all.
    ['250 250 250 500', 'data invalid, knows no BDAT, ends'],
    ['-   250 250 502', 'data invalid, knows no BDAT, ends'],
    // 421 is the last reply to anything.
    ['421 lost lost lost | after 421', 'mailfrom 421, ends'],
    ['250 421 lost lost | after 421', 'mailfrom 421, ends'],
    ['250 250 421 lost | after 421', 'rcptto 421, ends'],
    ['250 250 250 421 | after 421', 'message 421, ends'],
    ['lost lost lost lost | after 421', 'mailfrom lost, ends'],
    ['lost lost lost cut | after 421', 'mailfrom lost, ends'],
    // Lost, or silent.
    ['250 250 250 lost', 'message lost (maybe sent), ends'],
    ['250 250 250 timeout', 'message timeout (maybe sent), ends'],
    ['250 250 lost lost', 'message lost (maybe sent), ends'],
    ['250 timeout lost lost', 'message timeout (maybe sent), ends'],
    ['lost lost lost lost', 'message lost (maybe sent), ends'],
    ['lost lost lost cut', 'mailfrom lost, ends'],
    ['250 250 250 cut', 'data lost, ends'],
  ])('%s: %s', (row, what) => {
    expect(told(row)).toBe(what);
  });
});

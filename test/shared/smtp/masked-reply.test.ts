import {describe, expect, test} from 'vitest';
import {maskedReply} from '../../../shared/smtp/masked-reply.ts';

describe('a server’s words', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  test.each([
    ['535 bad password hunter2 for u', ['hunter2'], '535 bad password *** for u'],
    [`535 ${base64('hunter2')} refused`, ['hunter2'], '535 *** refused'],
    [`535 ${base64('\0us\0hunter2')} refused`, ['hunter2', '\0us\0hunter2'], '535 *** refused'],
    ['hunter2 and hunter2', ['hunter2'], '*** and ***'],
    ['a.cd abcd', ['a.cd'], '*** abcd'],
    ['$&$& $1', ['$&$&'], '*** $1'],
    ['nothing of it', ['hunter2', ''], 'nothing of it'],
    ['bobby and bobby123', ['bobby', 'bobby123'], '*** and ***'],
    ['unknown command HUNTER2', ['hunter2'], 'unknown command ***'],
    [`unknown: ${base64('hunter2').toUpperCase()}`, ['hunter2'], 'unknown: ***'],
    [`cannot decode ${base64('\0us\0hunter2').slice(0, 12)}...`, ['\0us\0hunter2'], 'cannot decode ***...'],
    [`unknown: ${base64('hunter2').replace(/=+$/, '')}`, ['hunter2'], 'unknown: ***'],
    ['a greater part of the text', [`a greater${'x'.repeat(2000)}`], 'a greater part of the text'],
    ['Syntax error', ['x'], 'Syntax error'],
    ['x', ['x'], 'x'],
    ['250 2.0.0 queued', ['25'], '250 2.0.0 queued'],
  ])('%j without %j', (text, secrets, masked) => {
    expect(maskedReply(text, secrets)).toBe(masked);
  });

  test.each([
    ['Syntax error', ['x'], 'Syntax error'],
    ['authentication failed: x', ['x'], '***'],
    ["wrong password 'x'", ['x'], '***'],
    ['password=x', ['x'], '***'],
    ['no such user.', ['.'], 'no such user.'],
    ['not .', ['.'], '***'],
    ['your password is wrong', ['is'], '***'],
    ['this is it', ['hi', 's'], 'this is it'],
    [`cannot decode ${base64('x')}`, ['x'], '***'],
    [`cannot decode ${base64('\0me\0x')}`, ['x', '\0me\0x'], 'cannot decode ***'],
    ['bad password hunter2 for u', ['hunter2'], 'bad password *** for u'],
    ['nothing', ['', ' '], 'nothing'],
  ])('behind AUTH, %j without %j', (text, secrets, masked) => {
    expect(maskedReply(text, secrets, true)).toBe(masked);
  });
});

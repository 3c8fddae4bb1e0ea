import {expect, test} from 'vitest';
import {addHeaders} from '../../../functions/route/add-headers.ts';
import {changeHeaders} from '../../../functions/route/change-headers.ts';
import {sevenBit} from '../../../functions/route/seven-bit.ts';
import type {Message} from '../../../shared/message/message.ts';
import {message, messageOf, settings} from '../../samples/messages.ts';

test('nobody looks into a text that nothing is to be changed in', async () => {
  const unread: Message = Object.defineProperty({...message()}, 'text', {
    get: () => {
      throw new Error('the text was read');
    },
  });
  expect(messageOf(await addHeaders(unread, settings()))).toBe(unread);
  expect(messageOf(await sevenBit(unread, settings()))).toBe(unread);
  const {text: _, ...rest} = message();
  const untouched = {...rest, text: 'x'};
  expect(messageOf(await changeHeaders(untouched, settings()))).toBe(untouched);
});

test('a message whose addresses need SMTPUTF8 is not made of 7 bits', async () => {
  const utf8 = message({recipient: 'jörg@example.org', mime: 'A: ü\r\n\r\nü'});
  expect(messageOf(await sevenBit(utf8, settings({'seven-bit': 'true'})))).toBe(utf8);
});

test('that a text could not be made of 7 bits is told', async () => {
  const signed = message({mime: 'DKIM-Signature: v=1\r\n\r\nü'});
  const left = messageOf(await sevenBit(signed, settings({'seven-bit': 'true'})));
  expect(left).toEqual({...signed, tracking: {...signed.tracking, changes: ['seven-bit-left-signed']}});
});

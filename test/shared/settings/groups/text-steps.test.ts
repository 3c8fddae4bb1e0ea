import {expect, test} from 'vitest';
import {expectRight, expectWrong, parse} from '../settings-under-test.ts';

test('add-headers is a list of headers', () => {
  expectRight({'add-headers': 'date, Message-ID'}, {addHeaders: new Set(['date', 'message-id'])});
  expectRight({'add-headers': ' '}, {});
  expectWrong('add-headers', 'date,from', 'must be a list of date, message-id');
});

test('seven-bit is true or false', () => {
  expectRight({'seven-bit': 'true'}, {sevenBit: true});
  expectRight({'seven-bit': 'false'}, {});
  expectWrong('seven-bit', 'yes', 'must be one of true, false');
});

test('while one is wrong nothing is changed', () => {
  expect(parse({'add-headers': 'x', 'seven-bit': 'x'}).settings).toMatchObject({
    addHeaders: new Set(),
    sevenBit: false,
  });
});

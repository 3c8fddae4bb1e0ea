import {expect, test} from 'vitest';
import {pairOf} from '../../../shared/smtp/credentials.ts';

const credentials = {username: 'jo', password: 'hunter2'};

test.each([
  [undefined, undefined, {}],
  ['', '', {}],
  ['jo', 'hunter2', {credentials}],
  ['jo', undefined, {missingCredential: 'password'}],
  ['', 'hunter2', {missingCredential: 'username'}],
])('the credentials of %j and %j', (username, password, expected) => {
  expect(pairOf(username, password)).toEqual(expected);
});

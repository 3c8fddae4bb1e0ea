import {describe, expect, test} from 'vitest';
import {parseClients} from '../../../submission/smtp/clients.ts';
import {hashOf, PasswordChecks, parseHash} from '../../../submission/smtp/password-hash.ts';

const hash = await hashOf('a password');
const problemOf = (value: unknown): string => {
  const parsed = parseClients(typeof value === 'string' ? value : JSON.stringify(value));
  return parsed.ok ? '' : parsed.problem;
};
// Made by Python's hashlib.scrypt.
const cheap = '$scrypt$ln=4,r=8,p=1$c2FsdHNhbHRzYWx0$09/untC+3Bg44eiJQ8bqhTXgE2ali+ykLaojkJZlF9U';
const shop = {password: hash, senders: ['example.com']};

test('a list is read', () => {
  const parsed = parseClients(
    JSON.stringify({shop: {...shop, trusted: true, messagesPerMinute: 60, connections: 5}, other: shop}),
  );
  expect(parsed.ok && [...parsed.value.values()]).toMatchObject([
    {username: 'shop', isTrusted: true, messagesPerMinute: 60, connections: 5},
    {username: 'other', isTrusted: false, messagesPerMinute: undefined, connections: undefined},
  ]);
});

describe('what is wrong is said', () => {
  test.each<[value: unknown, problem: RegExp]>([
    ['', /^must be a JSON object/],
    ['[]', /^must be a JSON object/],
    ['{"a":', /^must be a JSON object/],
    ['['.repeat(100_000), /^must be a JSON object/],
    [{}, /^must name at least one client$/],
    [{shop: 1}, /^shop /],
    [{shop: {senders: ['example.com']}}, /^shop\.password /],
    [
      {shop: {...shop, password: 'secret in clear'}},
      /^shop\.password must be a hash, as `relayq smtp password` prints it$/,
    ],
    [
      {shop: {...shop, password: '$scrypt$ln=30,r=8,p=1$aaaaaaaaaaaa$'.padEnd(80, 'a')}},
      /^shop\.password must be a hash/,
    ],
    [{shop: {password: hash}}, /^shop\.senders /],
    [{shop: {...shop, senders: []}}, /^shop\.senders must name at least one sender/],
    [{shop: {...shop, senders: 'example.com'}}, /^shop\.senders must be a list/],
    [{shop: {...shop, senders: ['example.com', 'no one']}}, /^shop\.senders\.1 must be an address, a domain/],
    [{shop: {...shop, senders: ['a@']}}, /^shop\.senders\.0 /],
    [{shop: {...shop, connections: 0}}, /^shop\.connections must be a whole number from 1 /],
    [{shop: {...shop, messagesPerMinute: 1.5}}, /^shop\.messagesPerMinute must be a whole number/],
    [{shop: {...shop, trusted: 'yes'}}, /^shop\.trusted must be true or false$/],
    [{shop: {...shop, sender: 'x'}}, /^shop\.sender is no known property/],
    [{'': shop}, /a name must have/],
    [{a: {...shop, senders: ['x y']}, b: {...shop, connections: 0}}, /a\.senders\.0 .*; b\.connections /],
  ])('%j', (value, problem) => {
    expect(problemOf(value)).toMatch(problem);
    expect(problemOf(value)).not.toContain('secret');
  });
});

describe('hashes', () => {
  test('each is another one, and knows its password alone', async () => {
    const checks = new PasswordChecks(Date.now);
    expect(await hashOf('a password')).not.toBe(hash);
    expect(await checks.isRight('a password', hash)).toBe(true);
    expect(await checks.isRight('A password', hash)).toBe(false);
    expect(await checks.isRight('', hash)).toBe(false);
    expect(await checks.isRight('a password', 'no hash')).toBe(false);
  });

  test('those of other programs are read, with other costs', async () => {
    const checks = new PasswordChecks(Date.now);
    expect(await checks.isRight('secret', cheap)).toBe(true);
    expect(await checks.isRight('other', cheap)).toBe(false);
    expect(parseHash(cheap.replace('ln=4', 'ln=18'))).toBeUndefined();
  });

  test('when too many wait, the next is told so', async () => {
    const checks = new PasswordChecks(Date.now);
    const all = Array.from({length: 210}, (_, index) => checks.isRight(`wrong ${index}`, cheap));
    const answers = await Promise.all(all);
    expect(answers.filter(each => each === undefined)).toHaveLength(8);
    expect(await checks.isRight('a password', hash)).toBe(true);
  });
});

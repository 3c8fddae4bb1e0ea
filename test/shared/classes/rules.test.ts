import {describe, expect, test} from 'vitest';
import {bounceClasses} from '../../../shared/classes/bounce-class.ts';
import {plainClassOf, ruleOf, rules} from '../../../shared/classes/class-of.ts';
import {fitsOf} from '../../../shared/classes/rule.ts';
import {saidIn} from '../../../shared/classes/said.ts';
import {type Fact, facts} from '../../../shared/smtp/fact.ts';
import {type Failure, factFailure, type Stage} from '../../../shared/smtp/failure.ts';

type ReplyParts = readonly [code: number, status: string | undefined, text: string, stage?: Stage];
const replied = (...[code, status, text, stage = 'rcptto']: ReplyParts): Failure => ({
  stage,
  result: 'error',
  reply: {code, text, ...(status !== undefined && {status})},
  description: text,
});
const classOfReply = (...reply: ReplyParts) => plainClassOf(replied(...reply));

describe('a rule', () => {
  test.each(rules.map(rule => [`${rule.class}: ${rule.example.text}`, rule] as const))(
    'decides about its own example, says where it comes from, and needs nothing in vain: %s',
    (_, rule) => {
      const {code, status, text, stage = 'rcptto'} = rule.example;
      expect(ruleOf(replied(code, status, text, stage))).toBe(rule);
      expect(rule.source).not.toBe('');
      expect(bounceClasses).toContain(rule.class);
      const {words = []} = rule;
      for (const word of words) {
        expect(word).toBe(word.toLowerCase());
        // What is looked for can be said.
        expect(saidIn(word.replaceAll('*', ' ')).trim()).toBe(
          word.replaceAll('*', ' ').split(/\s+/).join(' ').trim(),
        );
      }
    },
  );

  test('with words fits each of them', () => {
    for (const rule of rules)
      for (const word of rule.words ?? []) {
        const {code, status, stage = 'rcptto'} = rule.example;
        expect(fitsOf(rule)({stage, code, status, words: saidIn(word.replaceAll('*', 'x'))}), word).toBe(
          true,
        );
      }
  });
});

describe('what is easily mistaken', () => {
  test.each<[string, ReplyParts]>([
    ['greylist', [450, '4.2.0', 'Greylisted, try again in 300 seconds']],
    ['greylist', [451, '4.7.1', 'Greylisting in action: too many new senders, come back later']],
    ['rate', [451, '4.7.1', 'Too many messages from you: rate limited, try again later']],
    ['rate', [421, '4.7.28', 'An unusual rate of unsolicited mail comes from your IP address', 'message']],
    ['reputation', [550, '5.7.1', 'The IP address has a very low reputation', 'message']],
    ['policy', [550, '5.7.1', 'Refused', 'message']],
    ['quota', [552, '5.2.2', 'Full']],
    ['content', [552, '5.3.4', 'Too big', 'mailfrom']],
    ['content', [552, undefined, 'Refused', 'message']],
    ['quota', [552, undefined, 'Refused']],
    ['recipient', [550, '5.7.1', 'User unknown']],
    ['recipient', [550, '5.4.1', 'Recipient address rejected: Access denied. [mx.example.org]']],
    ['network', [450, '4.4.1', 'No answer from host']],
    ['dns', [550, '5.1.8', 'Bad sender system address', 'mailfrom']],
    ['reputation', [550, '5.1.8', 'Access denied, bad outbound sender', 'mailfrom']],
    ['reputation', [554, '5.7.1', 'Listed: zen.spamhaus.org']],
    ['auth', [550, '5.7.1', 'SPF check failed', 'mailfrom']],
    ['auth', [550, '5.7.26', 'Refused', 'message']],
    ['auth', [530, '5.7.0', 'Authentication required', 'mailfrom']],
    ['policy', [530, '5.7.0', 'Must issue a STARTTLS command first', 'mailfrom']],
    ['auth', [535, '5.7.8', 'Wrong', 'authplain']],
    ['domain', [556, '5.1.10', 'No mail here']],
    ['other', [550, undefined, 'No', 'message']],
    ['other', [450, undefined, 'No']],
  ])('%s: %j', (expected, reply) => {
    expect(classOfReply(...reply)).toBe(expected);
  });
});

test('addresses, and the paths of URLs, may be called anything', () => {
  const text = 'spam-quota@example.org <greylist@example.org>: no, see https://example.org/dmarc/virus?quota';
  expect(saidIn(text)).toBe(' no see example.org ');
  expect(classOfReply(550, undefined, text, 'message')).toBe('other');
});

test('what is known of a failure outweighs the words', () => {
  const expected: Record<Fact, string> = {
    'no-such-domain': 'domain',
    'no-address': 'domain',
    'null-mx': 'domain',
    'private-address': 'domain',
    'dns-unavailable': 'dns',
    'no-such-relay': 'dns',
    'out-of-reach': 'network',
    'mx-not-in-policy': 'policy',
    'tls-unavailable': 'policy',
    'tls-failed': 'policy',
    'auth-not-offered': 'auth',
    'auth-needs-tls': 'auth',
    'authentication-wanted': 'auth',
    'server-full': 'rate',
    'out-of-time': 'network',
    'too-large': 'content',
    'smtputf8-not-offered': 'content',
    '8bitmime-not-offered': 'content',
    'parameter-refused': 'protocol',
  };
  for (const fact of Object.keys(facts) as Fact[]) {
    expect(plainClassOf(factFailure('dns', fact, 'greylisted')), fact).toBe(expected[fact]);
    expect(plainClassOf({...replied(550, '5.1.1', 'User unknown'), fact}), fact).toBe(expected[fact]);
  }
});

test.each([
  ['network', 'connect', 'timeout'],
  ['network', 'connect', 'error'],
  ['network', 'message', 'lost'],
  ['protocol', 'intro', 'invalid'],
] as const)('without a reply it is %s: %s, %s', (expected, stage, result) => {
  expect(plainClassOf({stage, result, description: 'greylisted'})).toBe(expected);
});

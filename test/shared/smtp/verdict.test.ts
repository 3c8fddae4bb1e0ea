// The whole policy as one table, beside verdict.golden.txt: a change of a verdict shows as a change of a line.
// `vitest -u` writes the file anew; read the difference before it is committed.

import {describe, expect, test} from 'vitest';
import type {Fact, Verdict} from '../../../shared/smtp/fact.ts';
import type {Failure, Stage} from '../../../shared/smtp/failure.ts';
import {decisiveOf, judge, mayWait} from '../../../shared/smtp/verdict.ts';

const stages: readonly Stage[] = [
  'dns',
  'connect',
  'intro',
  'ehlo',
  'helo',
  'starttls',
  'auth',
  'authplain',
  'authlogin',
  'authcram',
  'mailfrom',
  'rcptto',
  'data',
  'message',
];
const facts: Readonly<Record<Fact, Stage>> = {
  'no-such-domain': 'dns',
  'no-address': 'dns',
  'null-mx': 'dns',
  'dns-unavailable': 'dns',
  'no-such-relay': 'dns',
  'private-address': 'dns',
  'out-of-reach': 'dns',
  'mx-not-in-policy': 'dns',
  'tls-unavailable': 'starttls',
  'tls-failed': 'starttls',
  'auth-not-offered': 'auth',
  'auth-needs-tls': 'auth',
  'authentication-wanted': 'mailfrom',
  'server-full': 'intro',
  'out-of-time': 'data',
  'too-large': 'mailfrom',
  'smtputf8-not-offered': 'mailfrom',
  '8bitmime-not-offered': 'mailfrom',
  'parameter-refused': 'mailfrom',
};
const replies = [
  '250',
  '354',
  '421',
  '421 4.3.2',
  '450',
  '450 4.2.1',
  '450 5.2.1',
  '503',
  '503 5.5.1',
  '530',
  '530 5.7.0',
  '534',
  '535',
  '538',
  '550',
  '550 5.1.1',
  '550 4.1.1',
  '552',
  '552 5.2.2',
  '552 4.2.2',
  '554',
  '554 5.7.1',
];

/** Events that no stage's code can report: a reply where nobody asked for one, or the reply that was wanted. */
function isPossible(stage: Stage, event: string): boolean {
  // These have nothing but facts.
  if (stage === 'dns' || stage === 'auth') return false;
  if (stage === 'connect') return event === 'timeout' || event === 'lost';
  return event !== (stage === 'data' ? '354' : '250');
}

const row = (...cells: string[]) =>
  `${cells.map((cell, index) => cell.padEnd([12, 22, 10, 8, 11, 7][index] ?? 0)).join('')}`.trimEnd();
const verdictCells = ({fate, status, tryNextHost, countsAgainstTarget, maybeSent}: Verdict) => [
  fate,
  status,
  tryNextHost ? 'next host' : '–',
  countsAgainstTarget ? 'target' : '–',
  maybeSent ? 'maybe sent' : '–',
];

const judged = (failure: Omit<Failure, 'description'>) => judge({...failure, description: ''});
const judgedReply = (stage: Stage, reply: string) => {
  const [code, status] = reply.split(' ');
  return judged({stage, result: 'error', reply: {code: Number(code), text: '', ...(status && {status})}});
};

test('every stage’s every event has the verdict of the table', async () => {
  const lines = [row('stage', 'event', 'fate', 'status', 'then', 'counts', 'copy')];
  for (const stage of stages) {
    const results = (['timeout', 'lost', 'invalid'] as const).filter(result => isPossible(stage, result));
    const possible = replies.filter(reply => isPossible(stage, reply));
    if (results.length + possible.length > 0) lines.push('');
    for (const result of results) lines.push(row(stage, result, ...verdictCells(judged({stage, result}))));
    for (const reply of possible) lines.push(row(stage, reply, ...verdictCells(judgedReply(stage, reply))));
  }
  lines.push('');
  for (const [fact, stage] of Object.entries(facts) as [Fact, Stage][])
    lines.push(row(stage, fact, ...verdictCells(judged({stage, result: 'error', fact}))));
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('verdict.golden.txt');
});

describe('what the table must hold, whatever else it says', () => {
  const transaction = new Set<Stage>(['mailfrom', 'rcptto', 'data', 'message']);

  test('only a 5xx to the message, or a fact, is permanent', () => {
    for (const stage of stages) {
      for (const result of ['timeout', 'lost', 'invalid'] as const)
        expect(judged({stage, result}).fate).toBe('deferred');
      for (const reply of replies) {
        const {fate} = judgedReply(stage, reply);
        if (fate === 'bounced')
          expect([reply[0], transaction.has(stage)], `${stage} ${reply}`).toEqual(['5', true]);
      }
    }
  });

  test('a bounce has a 5.x.x status and a deferral a 4.x.x', () => {
    const verdicts = stages.flatMap(stage => replies.map(reply => judgedReply(stage, reply)));
    for (const [fact, stage] of Object.entries(facts) as [Fact, Stage][])
      verdicts.push(judged({stage, result: 'error', fact}));
    for (const {fate, status} of verdicts) expect(status).toMatch(fate === 'bounced' ? /^5\./ : /^4\./);
  });

  test('what may have been accepted goes to no other host', () => {
    for (const result of ['timeout', 'lost', 'invalid'] as const) {
      expect(judged({stage: 'message', result})).toMatchObject({
        fate: 'deferred',
        tryNextHost: false,
        maybeSent: true,
      });
    }
    const verdicts = stages.flatMap(stage => replies.map(reply => judgedReply(stage, reply)));
    expect(verdicts.filter(({maybeSent, tryNextHost}) => maybeSent && tryNextHost)).toEqual([]);
  });

  test('a refused message says nothing of the target, and a refused greeting nothing of the message', () => {
    for (const stage of transaction) {
      for (const reply of ['450', '550', '552', '554'])
        expect(judgedReply(stage, reply).countsAgainstTarget).toBe(false);
    }
    for (const reply of ['421', '450', '550', '554 5.7.1']) {
      expect(judgedReply('intro', reply)).toMatchObject({
        fate: 'deferred',
        tryNextHost: true,
        countsAgainstTarget: true,
      });
    }
  });

  test('400 is the first transient reply, and 500 the first permanent one', () => {
    expect(judgedReply('data', '399')).toMatchObject({fate: 'deferred', status: '4.5.0'});
    expect(judgedReply('message', '399').maybeSent).toBe(true);
    expect(judgedReply('data', '400')).toMatchObject({fate: 'deferred', status: '4.0.0', tryNextHost: true});
    expect(judgedReply('data', '499').fate).toBe('deferred');
    expect(judgedReply('data', '500')).toMatchObject({fate: 'bounced', status: '5.0.0'});
  });

  test('junk before the text counts against the target and leaves another host to try', () => {
    for (const stage of stages.filter(stage => stage !== 'message')) {
      expect(judged({stage, result: 'invalid'}), stage).toMatchObject({
        fate: 'deferred',
        status: '4.5.0',
        tryNextHost: true,
        countsAgainstTarget: true,
        maybeSent: false,
      });
    }
  });

  test('a fact outweighs the reply that came with it', () => {
    const reply = {code: 550, text: ''};
    expect(judged({stage: 'starttls', result: 'error', fact: 'tls-failed', reply})).toEqual(
      judged({stage: 'starttls', result: 'error', fact: 'tls-failed'}),
    );
  });
});

describe('several failures of one attempt', () => {
  const failed = (name: string): {readonly failure: Failure} => ({
    failure: {...failures[name]!, description: name},
  });
  const failures: Readonly<Record<string, Omit<Failure, 'description'>>> = {
    greylisted: {stage: 'rcptto', result: 'error', reply: {code: 450, text: ''}},
    unknown: {stage: 'rcptto', result: 'error', reply: {code: 550, text: ''}},
    'no SMTPUTF8': {stage: 'mailfrom', result: 'error', fact: 'smtputf8-not-offered'},
    'too large': {stage: 'mailfrom', result: 'error', fact: 'too-large'},
    down: {stage: 'connect', result: 'lost'},
    full: {stage: 'intro', result: 'error', fact: 'server-full'},
    'wrong password': {stage: 'authplain', result: 'error', reply: {code: 535, text: ''}},
  };

  test.each([
    ['down', ['down']],
    ['greylisted', ['down', 'greylisted']],
    ['down', ['greylisted', 'down']],
    ['unknown', ['greylisted', 'unknown']],
    ['too large', ['no SMTPUTF8', 'too large']],
    ['greylisted', ['greylisted', 'too large']],
    ['down', ['greylisted', 'down', 'no SMTPUTF8']],
  ])('%s decides, of %j', (decisive, names) => {
    expect(decisiveOf(names.map(failed)).failure.description).toBe(decisive);
  });

  test.each([
    [true, ['full']],
    [true, ['down', 'full']],
    [false, ['full', 'greylisted']],
    [false, ['too large', 'full']],
    [false, ['full', 'wrong password']],
  ])('the message may wait without an attempt: %s, of %j', (may, names) => {
    expect(mayWait(names.map(name => failed(name).failure))).toBe(may);
  });
});

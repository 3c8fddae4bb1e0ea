import {describe, expect, it} from 'vitest';
import {connect, greeted, start} from './sinks-under-test.ts';

describe('the hook for replies', () => {
  const refused = {code: 451, text: '4.3.0 later'};

  it('gets what is known at each stage', async () => {
    const asked: unknown[] = [];
    const sink = await start({
      reply: (stage, facts) => {
        asked.push({stage, ...facts});
        return undefined;
      },
    });
    const client = await greeted(sink);
    await client.send('1\r\n', ['b@example.org', 'c@example.org']);
    const from = 'a@example.com';
    expect(asked).toEqual([
      {stage: 'connect', tls: false},
      {stage: 'ehlo', tls: false},
      {stage: 'mail', from, tls: false},
      {stage: 'rcpt', from, to: ['b@example.org'], tls: false},
      {stage: 'rcpt', from, to: ['b@example.org', 'c@example.org'], tls: false},
      {stage: 'data', from, to: ['b@example.org', 'c@example.org'], size: 3, tls: false},
    ]);
  });

  it('can replace the greeting, which ends the connection', async () => {
    const sink = await start({reply: () => ({code: 554, text: 'go away'})});
    const client = await connect(sink);
    expect(await client.reply()).toBe('554 go away');
    expect(await client.reply()).toBe('closed');
  });

  it.each(['mail', 'rcpt', 'data'] as const)('can set the reply at %s, word for word', async refusedStage => {
    const sink = await start({reply: stage => (stage === refusedStage ? refused : undefined)});
    const client = await greeted(sink);
    await client.say('EHLO client.example.com');
    const replies = {
      mail: await client.say('MAIL FROM:<a@example.com>'),
      rcpt: await client.say('RCPT TO:<b@example.org>'),
      data: (await client.say('DATA')).startsWith('354') ? await client.say('1\r\n.') : 'no DATA',
    };
    expect(replies[refusedStage]).toBe('451 4.3.0 later');
    expect(sink.messages).toEqual([]);
  });

  it.each(['connect', 'mail', 'rcpt', 'data'] as const)('can drop the connection at %s', async stage => {
    const sink = await start({reply: asked => (asked === stage ? 'drop' : undefined)});
    const client = await connect(sink);
    await client.reply();
    expect(await client.send('1\r\n')).toBe('closed');
    expect(sink.messages).toEqual([]);
  });

  it('can delay the reply', async () => {
    const sink = await start({reply: stage => (stage === 'data' ? {delayMs: 200} : undefined)});
    const client = await greeted(sink);
    const startedMs = performance.now();
    expect(await client.send('1\r\n')).toMatch(/^250/);
    expect(performance.now() - startedMs).toBeGreaterThan(190);
  });
});

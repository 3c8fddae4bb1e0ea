// Settings that are wrong, half written or changed while mail flows: mail that depends on them waits, other mail does
// not, and no server gets the password of another.

import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {mailTo} from '../samples/mail.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {deadLetterQueues, names, Pipeline, type Result} from './pipeline-under-test.ts';

const message = mailTo('to@example.org');
const withAuth = {EHLO: '250-scripted.example\r\n250-8BITMIME\r\n250 AUTH PLAIN'};
const held = 'message held: settings are not known';

const attemptsOf = ({relayq}: Result) => relayq.attempts;

let servers: readonly [ScriptedServer, ScriptedServer];
beforeAll(async () => {
  servers = await Promise.all([startScriptedServer(withAuth), startScriptedServer(withAuth)]);
});
afterAll(async () => {
  await Promise.all(servers.map(server => server.close()));
});

async function withPipeline(
  settings: Record<string, string>,
  use: (pipeline: Pipeline) => Promise<void>,
): Promise<void> {
  const pipeline = await Pipeline.start({'smarthost-private-addresses': 'allowed', ...settings});
  try {
    await use(pipeline);
  } finally {
    await pipeline.stop();
  }
}

describe('in a function that has never read good settings,', () => {
  const other = () => ({hostname: '127.0.0.1', port: servers[1].port});

  test.each([
    [
      'half a pair of credentials',
      {'smarthost-username': 'a'},
      'smarthost-username needs smarthost-password',
    ],
    ['a port that is none', {'smarthost-port': 'submission'}, 'smarthost-port must be a whole number'],
  ])('%s holds the mail that depends on it, and no other', async (_, wrong, problem) => {
    const url = {smarthost: '127.0.0.1', 'smarthost-port': String(servers[0].port)};
    await withPipeline({...url, ...wrong}, async pipeline => {
      await pipeline.send({...message, number: 1}, {...message, number: 2, smarthost: other()});
      expect(await pipeline.result()).toMatchObject({number: 2, fate: 'accepted'});
      // The message comes again, and waits again.
      await pipeline.until(() => pipeline.logged(held).length >= 2);
      expect(pipeline.logged(held)[0]).toMatchObject({
        level: 'info',
        reason: 'the smarthost of the settings is invalid or just being written',
      });
      const lines = pipeline.logged('settings have problems; mail that depends on them waits');
      expect(lines[0]).toMatchObject({
        problems: [expect.stringMatching(new RegExp(`^${problem}.* \\(written \\d{4}-.* UTC\\)$`))],
        waiting: 'mail without a smarthost of its own',
      });
      await pipeline.set({'smarthost-port': url['smarthost-port'], 'smarthost-username': ' '});
      const result = await pipeline.result();
      expect(result).toMatchObject({number: 1, fate: 'accepted'});
      expect(attemptsOf(result)).toBe(1);
      expect(pipeline.filled(...deadLetterQueues)).toEqual([]);
    });
  });

  test('a queue with a bad capacity uses the default, and no mail waits', async () => {
    const settings = {
      smarthost: `smtp://127.0.0.1:${servers[0].port}`,
      'capacity/smarthost': '{"hunter2": 5}',
      'capacity/default': 'five',
    };
    await withPipeline(settings, async pipeline => {
      await pipeline.send(message);
      expect(await pipeline.result()).toMatchObject({fate: 'accepted'});
      const [line] = pipeline.logged('settings have problems; the defaults count in their place');
      expect(line?.problems).toHaveLength(2);
      expect(pipeline.logLines.join('\n')).not.toContain('hunter2');
    });
  });
});

describe('a smarthost that is changed while mail flows', () => {
  const users = ['a', 'b'] as const;
  const passwordOf = (user: string) => `${user}-hunter2`;
  /** Who logged in where, since the last call. */
  const logins = () =>
    servers.flatMap(({commands}, index) =>
      (commands as string[]).splice(0).flatMap(line => {
        const [, base64] = /^AUTH PLAIN (.+)$/.exec(line) ?? [];
        if (base64 === undefined) return [];
        const [, user, password] = Buffer.from(base64, 'base64').toString().split('\0');
        return [`${user} with ${password} at ${users[index]}`];
      }),
    );
  const right = users.map(user => `${user} with ${passwordOf(user)} at ${user}`);

  test('parameter by parameter, in any order, is used when it is complete', async () => {
    const settingsOf = (index: 0 | 1) => ({
      'smarthost-port': String(servers[index].port),
      'smarthost-username': users[index],
      'smarthost-password': passwordOf(users[index]),
    });
    const start = {smarthost: '127.0.0.1', ...settingsOf(0), 'capacity/smarthost': '{"idleSeconds": 0}'};
    await withPipeline(start, async pipeline => {
      const send = () => pipeline.send(message, message, message);
      await send();
      await pipeline.take(names.results.results, 3);
      expect(new Set(logins())).toEqual(new Set([right[0]]));
      // Each order ends at the other server.
      const orders = [
        [1, ['smarthost-port', 'smarthost-username', 'smarthost-password']],
        [0, ['smarthost-password', 'smarthost-username', 'smarthost-port']],
      ] as const;
      for (const [index, order] of orders) {
        const settings = settingsOf(index);
        const taken = pipeline.take(names.results.results, 3 * (order.length + 1));
        const startedMs = Date.now();
        for (const name of order) {
          await pipeline.set({[name]: settings[name]});
          await send();
          await delay(100);
        }
        const tookMs = Date.now() - startedMs;
        await send();
        for (const result of await taken) {
          expect(result.fate).toBe('accepted');
          expect(attemptsOf(result)).toBe(1);
        }
        // Parameters that are written too far apart do not count as one change.
        if (tookMs < 2500) expect(right).toEqual(expect.arrayContaining([...new Set(logins())]));
        await pipeline.idle();
        await send();
        logins();
        await pipeline.take(names.results.results, 3);
        expect(new Set(logins())).toEqual(new Set([right[index]]));
      }
      const changed = pipeline.logged('settings changed; they are in force').map(line => line.changed);
      expect(changed).toContainEqual(['smarthost-password', 'smarthost-port', 'smarthost-username']);
      expect(pipeline.logLines.join('\n')).not.toContain('hunter2');
    });
  });

  test('as a URL is used from the next batch on, and the log says so', async () => {
    const urlOf = (index: 0 | 1) =>
      `smtp://${users[index]}:${passwordOf(users[index])}@127.0.0.1:${servers[index].port}`;
    await withPipeline({smarthost: urlOf(0), 'capacity/smarthost': '{"idleSeconds": 0}'}, async pipeline => {
      for (const index of [0, 1, 0] as const) {
        await pipeline.idle();
        await pipeline.set({smarthost: urlOf(index)});
        logins();
        await pipeline.send(message);
        expect(await pipeline.result()).toMatchObject({fate: 'accepted'});
        expect(logins()).toEqual([right[index]]);
      }
      expect(pipeline.logged(held)).toEqual([]);
      expect(pipeline.logged('settings changed; they are in force')[0]).toMatchObject({
        changed: ['smarthost'],
      });
      expect(pipeline.logLines.join('\n')).not.toContain('hunter2');
    });
  });
});

test('half a sink holds all mail, as nobody knows where it may go', async () => {
  const sink = {'smtp-sink-ip': '127.0.0.1', 'smtp-sink-port': '0'};
  await withPipeline(sink, async pipeline => {
    await pipeline.send(message, {...message, smarthost: {hostname: '127.0.0.1', port: servers[1].port}});
    await pipeline.until(() => new Set(pipeline.logged(held).map(({id}) => id)).size === 2);
    const texts = servers[0].texts.length;
    await pipeline.set({'smtp-sink': `smtp://127.0.0.1:${servers[0].port}`, 'smtp-sink-port': null});
    const results = await pipeline.take(names.results.results, 2);
    expect(results.map(({fate}) => fate)).toEqual(['accepted', 'accepted']);
    expect(servers[0].texts).toHaveLength(texts + 2);
  });
});

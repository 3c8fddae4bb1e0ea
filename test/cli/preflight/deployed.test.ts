// `relayq preflight --deployed`: port 25 as the deliver function of the local cloud finds it.

import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {startScriptedServer} from '../../servers/scripted-server.ts';
import {makeReady, pipeline, preflight, server, startAccount, stopAccount} from './preflight-under-test.ts';

beforeAll(startAccount);
afterAll(stopAccount);
beforeEach(makeReady);
afterEach(() => pipeline.cloud.faults.clear());

describe('after the deployment', () => {
  test('the deliver function connects, reads the greeting, and sends QUIT alone', async () => {
    await pipeline.set({'mx-private-addresses': 'allowed'});
    const {rowOf, code} = await preflight('--deployed', '--to', 'there.example');
    expect(rowOf('port-25')).toMatchObject({
      verdict: 'ok',
      text: expect.stringMatching(/deliver reaches port \d+ of .*, which says: 220 scripted\.example ESMTP$/),
    });
    expect(code).toBe(0);
    expect(server.commands).toEqual(['QUIT']);
  });

  test('a private address is not connected to, unless the settings allow it', async () => {
    await pipeline.set({'mx-private-addresses': 'refused'});
    const before = server.commands.length;
    expect((await preflight('--deployed', '--to', 'there.example')).rowOf('port-25')).toMatchObject({
      verdict: 'unknown',
      text: expect.stringContaining('only private addresses'),
    });
    expect(server.commands).toHaveLength(before);
  });

  test('a port that is closed is a problem, with how to ask AWS', async () => {
    await pipeline.set({'mx-private-addresses': 'allowed', 'mx-port': '1'});
    const {rowOf, code} = await preflight('--deployed', '--to', 'there.example');
    expect(rowOf('port-25')).toMatchObject({
      verdict: 'problem',
      text: expect.stringContaining('ECONNREFUSED'),
      todo: [expect.stringContaining('port 25'), expect.stringContaining('rdns-limits')],
    });
    expect(code).toBe(1);
  });

  test.each([
    ['says nothing', 'drop', 'warning', 'is not greeted: '],
    ['is not SMTP and tries the terminal', `\x1b[2J${'x'.repeat(5000)}`, 'ok', `which says: `],
  ])('a server that %s is told of in a few printable characters', async (_, connect, verdict, text) => {
    const odd = await startScriptedServer({connect});
    await pipeline.set({'mx-private-addresses': 'allowed', 'mx-port': String(odd.port)});
    const row = (await preflight('--deployed', '--to', 'there.example')).rowOf('port-25');
    expect(row).toMatchObject({verdict, text: expect.stringContaining(text)});
    expect(row?.text.length).toBeLessThan(400);
    expect(row?.text).not.toContain('\x1b');
    await odd.close();
  });

  test('who may not invoke the function is told which permission', async () => {
    pipeline.cloud.faults.add({fault: 'refuse', service: 'lambda', from: 'all'});
    const {rowOf, code} = await preflight('--deployed');
    expect(rowOf('port-25')?.text).toBe('you may not look: lambda:InvokeFunction is not allowed');
    expect(code).toBe(3);
  });
});

import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterEach, describe, expect, it} from 'vitest';

const root = join(import.meta.dirname, '../..');
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Runs `npm start`'s command on free ports. */
function start(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['local/start.ts'], {
    cwd: root,
    env: {...process.env, RELAYQ_PORT: '0', RELAYQ_SINK_PORT: '0', ...environment},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const lines: string[] = [];
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const seen = async (pattern: RegExp) => {
    for await (const line of createInterface({input: child.stdout})) {
      lines.push(line);
      if (pattern.test(line)) return;
    }
    throw new Error(`no ${pattern} in:\n${lines.join('\n')}`);
  };
  return {child, lines, seen, ended};
}

describe('npm start', () => {
  it('delivers the example to the sink, says what to type next, and ends well at Ctrl-C', async () => {
    const {child, lines, seen, ended} = start();
    await seen(/Ctrl-C stops it/);
    const output = lines.join('\n');
    expect(output).toMatch(/^sink {5}#1 {2}\S+ → \S+ {2}"[^"]+" {2}/m);
    expect(output).toMatch(/^relayq {3}delivered [\d.]+ s after the start$/m);
    expect(output).toMatch(/aws --endpoint-url http:\/\/127\.0\.0\.1:\d+ sqs send-message --queue-url http/);
    const beganMs = performance.now();
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - beganMs).toBeLessThan(2000);
  });

  it.each(['RELAYQ_PORT', 'RELAYQ_SINK_PORT'])('names %s when that port is taken', async variable => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as {port: number};
    const {child, ended} = start({[variable]: String(port)});
    let said = '';
    child.stderr.on('data', chunk => {
      said += chunk;
    });
    child.stdout.resume();
    expect((await ended)[0]).toBe(1);
    expect(said).toBe(
      `relayq: port ${port} is in use: stop what uses it, or choose another with ${variable}\n`,
    );
    server.close();
  });
});

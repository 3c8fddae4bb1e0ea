// The benchmark itself, small: it can still measure everything. How long anything takes does not matter here.

import {execFile} from 'node:child_process';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {postfixPeer} from '../../bench/peers/postfix.ts';
import {PostfixInstance} from '../../bench/peers/postfix-instance.ts';
import {arrived, Places} from '../../bench/receivers/place.ts';
import type {BenchResults} from '../../bench/results.ts';
import {startReaper} from '../../local/lambda/reaper.ts';
import {projectRoot} from '../global-setup.ts';

const run = promisify(execFile);
const limitMs = 600_000;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relayq-bench-test-'));
});
afterAll(() => rm(directory, {recursive: true, force: true}));

const bench = (...args: readonly string[]) =>
  run(process.execPath, ['bench/bench.ts', ...args], {cwd: projectRoot, timeout: limitMs});

const positive = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0, 'positive');

describe('npm run bench', () => {
  it('measures every case and writes its JSON, its table and its report', {timeout: limitMs}, async () => {
    const json = join(directory, 'results.json');
    const sizes =
      '--size 20 --runs 1 --warm-up 0 --round-trip 0,5 --connections 2 --peers pool,connection,smtp-source';
    const {stdout, stderr} = await bench(
      ...sizes.split(' '),
      '--json',
      json,
      '--report',
      join(directory, 'docs'),
    );
    const results = JSON.parse(await readFile(json, 'utf8')) as BenchResults;

    const places = results.speed!.map(({security, roundTripMs, connections}) => [
      security,
      roundTripMs,
      connections,
    ]);
    expect(places).toEqual([
      ['plain', 0, 2],
      ['plain', 5, 2],
      ['starttls', 0, 2],
      ['starttls', 5, 2],
    ]);
    for (const {rows} of results.speed!) {
      const subjects = rows.map(({subject}) => subject);
      expect(subjects).toEqual(
        expect.arrayContaining([
          'relayq',
          'relayq, one environment',
          "nodemailer's pool",
          "nodemailer's bare connection",
        ]),
      );
      expect(rows[0]).toMatchObject({
        subject: 'relayq',
        messages: 20,
        messagesPerSecond: positive,
        peakMB: positive,
      });
      expect(rows[0]!.runs).toHaveLength(1);
      expect(rows[0]!.runs[0]).toMatchObject({
        messages: 20,
        elapsedMs: positive,
        billedMs: positive,
        invocations: 2,
      });
    }

    expect(results.scale!.map(({messages}) => messages)).toEqual([10, 40, 400]);
    expect(results.coldStart!.map(({bundle}) => bundle)).toEqual(['empty', 'naive', 'deliver', 'route']);
    for (const row of results.coldStart!) expect(row).toMatchObject({octets: positive, initMs: positive});

    const pipeline = results.pipeline!;
    expect(pipeline).toMatchObject({messages: 20, messagesPerSecond: positive, eventSourceCalls: positive});
    const sent = (queue: string) =>
      pipeline.calls
        .filter(call => call.queue === `relayq-local-${queue}` && call.operation.startsWith('SendMessage'))
        .reduce((sum, {entries}) => sum + entries, 0);
    expect([sent('delivery.fifo'), sent('results'), sent('success')]).toEqual([20, 20, 20]);

    const costs = results.cost!.map(({mailOctets, roundTripMs, deferredShare}) => [
      mailOctets,
      roundTripMs,
      deferredShare,
    ]);
    expect(costs).toEqual(
      [10_240, 102_400].flatMap(octets => [0, 0.1].flatMap(share => [20, 50].map(ms => [octets, ms, share]))),
    );
    for (const {cost} of results.cost!) {
      expect(cost.usd).toBeGreaterThan(0.5);
      for (const {usd} of cost.terms) expect(usd).toBeGreaterThanOrEqual(0);
    }

    for (const title of ['Aims', 'Speed: in clear, 5 ms, 2 connections', 'Cold start', 'relayq, in all'])
      expect(stdout).toContain(title);
    expect(stderr).toContain('speed: plain, 0 ms, 2 connections, run 1 of 1');
    expect(await readdir(join(directory, 'docs'))).toEqual(['benchmark.md', 'benchmark.svg']);
  });

  it('needs no mail server to be installed', {timeout: limitMs}, async () => {
    const few = '--size 10 --runs 1 --warm-up 0 --cases speed --peers pool --round-trip 0 --connections 1';
    const {stdout} = await bench(...few.split(' '), '--receiver', 'embedded');
    expect(stdout).toContain('Speed: in clear, 0 ms, 1 connection (to embedded sink)');
    expect(stdout).toContain('Speed: STARTTLS, 0 ms, 1 connection (to embedded sink)');
  });

  it('exits with 2 and does nothing when the command line is wrong', async () => {
    await expect(bench('--cases', 'all')).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--cases: all is none of'),
    });
  });
});

const unfit = PostfixInstance.unfit();

describe.skipIf(unfit !== undefined)('Postfix as a peer', () => {
  it('fills its queue, relays all of it to the receiver, and leaves nothing behind', {
    timeout: limitMs,
  }, async () => {
    const own = await mkdtemp(join(tmpdir(), 'relayq-bench-test-'));
    const reaper = startReaper(own);
    const places = new Places({kind: 'embedded', reaper});
    try {
      await run('chmod', ['755', own]);
      const place = await places.at('plain', 0);
      const postfix = (await postfixPeer(own, reaper))!;
      for (const count of [20, 30]) {
        const before = await place.receiver.count();
        const figures = await postfix.run(place, 10, count);
        await arrived(place, before, count, postfix);
        expect(figures).toMatchObject({messages: count, elapsedMs: positive});
      }
      await postfix.close();
    } finally {
      await places.close();
      await reaper.close();
    }
  });
});

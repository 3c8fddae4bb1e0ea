// The benchmark itself, small: it can still measure everything. How long anything takes does not matter here.

import {execFile} from 'node:child_process';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {postfixPeer} from '../../bench/peers/postfix.ts';
import {PostfixInstance} from '../../bench/peers/postfix-instance.ts';
import {lineName, linesOf, usualLine} from '../../bench/receivers/line.ts';
import {arrived, Places} from '../../bench/receivers/place.ts';
import {receiverKinds, transfers} from '../../bench/receivers/receiver.ts';
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
      '--size 20 --runs 1 --warm-up 0 --round-trip 0,5 --connections 2 --peers pool,connection,smtp-source --receivers embedded --transfers chunking --lanes 2 --troubles dead --troubled 1';
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
      expect(subjects).toEqual(expect.arrayContaining(['relayq', "nodemailer's pool"]));
      expect(rows[0]).toMatchObject({
        subject: 'relayq',
        messages: 20,
        messagesPerSecond: positive,
        cpuSecondsPerThousand: positive,
        gbSecondsPerThousand: positive,
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
    const [drained] = results.drain!;
    expect(drained).toMatchObject({subject: 'relayq', messages: 400, lanes: 2, seconds: positive});

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

    const costs = results.cost!.map(each => [
      each.mailOctets,
      each.deferredShare,
      each.resultKinds,
      each.roundTripMs,
    ]);
    const kinds = [
      [10_240, 0, 2],
      [10_240, 0, 1],
      [10_240, 0.1, 2],
      [102_400, 0, 2],
    ];
    expect(costs).toEqual(kinds.flatMap(kind => [20, 50].map(ms => [...kind, ms])));
    for (const {cost} of results.cost!) {
      expect(cost.usd).toBeGreaterThan(0.5);
      for (const {usd} of cost.terms) expect(usd).toBeGreaterThanOrEqual(0);
    }

    for (const {cost, passing} of results.directCost!)
      for (const {usd} of [cost, ...passing]) expect(usd).toBeGreaterThan(0);
    const {idle, waiting} = results.standing!;
    for (const {usd} of idle) expect(usd).toBeGreaterThan(0);
    for (const {usdPerDay} of waiting) expect(usdPerDay).toBeGreaterThan(0);

    const situations = results.isolation!.map(({trouble, troubled}) => [trouble, troubled]);
    expect(situations).toEqual([
      [undefined, 0],
      ['dead', 1],
    ]);
    for (const {measured, simulated} of results.isolation!) {
      expect(measured.map(({subject}) => subject)).toEqual(['relayq', "nodemailer's pools"]);
      expect(measured[0]).toMatchObject({messages: 10, median: positive, p99: positive});
      expect(simulated).toMatchObject({messages: 400, missing: 0});
    }

    for (const title of [
      'Aims',
      'Speed: CHUNKING, in clear, 5 ms, 2 connections',
      'Speed: CHUNKING, STARTTLS, 0 ms, 2 connections',
      'Cold start',
      'relayq, in all',
      'Isolation',
    ])
      expect(stdout).toContain(title);
    expect(stderr).toContain('embedded receiver, 0 ms, 2 connections, run 1 of 1');
    expect(await readdir(join(directory, 'docs'))).toEqual(['benchmark.md', 'benchmark.svg']);
  });

  it('measures DATA beside CHUNKING, and keeps what was measured before', {timeout: limitMs}, async () => {
    const json = join(directory, 'few.json');
    const few = '--size 10 --runs 1 --warm-up 0 --cases speed --peers pool --round-trip 0 --connections 1';
    await bench(...few.split(' '), '--security', 'plain', '--json', json);
    const {stdout} = await bench('--from', json, '--report', join(directory, 'again'));
    const kinds = linesOf({receivers: receiverKinds, transfers, securities: ['plain']});
    for (const line of kinds) expect(stdout).toContain(`Speed: ${lineName(line)}, 0 ms, 1 connection`);
    expect(await readFile(join(directory, 'again', 'benchmark.md'), 'utf8')).toContain('DATA');
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
    const places = new Places({directory: own, reaper});
    try {
      await run('chmod', ['755', own]);
      const place = await places.at(usualLine, 0);
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

// The simulation, small: it plays all of its cases, and says the same each time.

import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {Clock, startMs} from '../../bench/simulation/clock.ts';
import {runCrowd} from '../../bench/simulation/crowd.ts';
import {runOutage} from '../../bench/simulation/outage.ts';
import {far} from '../../bench/simulation/servers.ts';
import {projectRoot} from '../global-setup.ts';

const run = promisify(execFile);
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relayq-simulation-test-'));
});
afterAll(() => rm(directory, {recursive: true, force: true}));

describe('npm run simulation', () => {
  it('plays all cases, and writes its tables and its picture', {timeout: 120_000}, async () => {
    const args = ['bench/simulation/simulation.ts', '--quick', '--report', directory];
    const {stdout} = await run(process.execPath, args, {cwd: projectRoot});
    for (const title of ['Measured and simulated', 'Delays', 'What it takes', 'A smarthost in trouble'])
      expect(stdout).toContain(title);
    expect(await readFile(join(directory, 'simulation.md'), 'utf8')).toContain(
      '| 1 % dead, 1 % slow | others |',
    );
    expect(await readFile(join(directory, 'simulation.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  });
});

describe('the clock', () => {
  it('has things happen in the order of their times, and those of one time in their own', async () => {
    const clock = new Clock();
    const happened: number[] = [];
    for (const [index, ms] of [30, 10, 20, 10, 30, 0].entries())
      clock.at(startMs + ms, () => happened.push(index));
    await clock.run(() => false);
    expect(happened).toEqual([5, 1, 3, 2, 0, 4]);
    expect(clock.nowMs).toBe(startMs + 30);
  });
});

describe('a simulated crowd', () => {
  const options = {messages: 1_000, domains: 100, spreadMs: 60_000, troubled: 0.05, giant: 0};

  it('has each message delivered, or given up where its domain is dead', async () => {
    const {classes, expired} = await runCrowd(options);
    const accepted = classes.reduce((sum, each) => sum + each.accepted, 0);
    expect(accepted + expired).toBe(options.messages);
    for (const {sent, accepted: delivered} of classes) expect(delivered).toBe(sent);
    expect(expired).toBeGreaterThan(0);
  });

  it('comes to the same each time', async () => {
    expect(await runCrowd(options)).toEqual(await runCrowd(options));
  });
});

describe('a simulated outage', () => {
  it('costs attempts in vain, but uses up none of the messages’ own', async () => {
    const size = {messages: 100, recipients: 10, spreadMs: 0, server: far};
    const outage = await runOutage({...size, trouble: 'refuses', downMs: 60_000});
    expect(outage.attemptsUsedUp).toBe(0);
    expect(outage.probes).toBeGreaterThan(0);
    expect(outage.last).toBeGreaterThan(outage.first!);
  });
});

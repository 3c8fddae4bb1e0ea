import {copyFile, mkdir, mkdtemp, rm, stat, truncate} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {CloudWatchLogs} from '../../../local/logs/cloudwatch-logs.ts';
import {openStore} from '../../../local/store/store.ts';

const account = {region: 'us-east-1', accountId: '000000000000'};
const dayMs = 86_400_000;
const now = Date.UTC(2026, 0, 31);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relayq-logs-'));
});
afterEach(() => rm(directory, {recursive: true}));

/** One start, on what the last one has left. */
function start<T>(run: (logs: CloudWatchLogs) => T, ms = now): T {
  const store = openStore(directory);
  try {
    return run(new CloudWatchLogs({...account, store, now: () => ms}));
  } finally {
    store.close();
  }
}

const textsOf = (logs: CloudWatchLogs, name = 'g') => logs.group(name).events.map(({message}) => message);

describe('logs in a data directory', () => {
  it('come back at the next start with their groups, streams and numbers', () => {
    start(logs => {
      const group = logs.ensureGroup('g', {creationTime: 5, retentionInDays: 3});
      for (const message of ['one', 'two\nlines', '"quoted" ünd 🌇', '\0'])
        group.append({timestamp: now, message, stream: 's'});
      logs.ensureGroup('empty');
    });
    start(logs => {
      expect(logs.groups.map(({name}) => name)).toEqual(['empty', 'g']);
      const group = logs.ensureGroup('g');
      expect(group).toMatchObject({creationTime: 5, retentionInDays: 3});
      expect(group.events.map(({message, number}) => [number, message])).toEqual([
        [0, 'one'],
        [1, 'two\nlines'],
        [2, '"quoted" ünd 🌇'],
        [3, '\0'],
      ]);
      expect(group.streams.get('s')).toMatchObject({events: 4, lastEventTimestamp: now});
      group.append({timestamp: now, message: 'more', stream: 't'});
    });
    start(logs => {
      expect(logs.group('g').events.at(-1)).toMatchObject({number: 4, message: 'more'});
      logs.ensureGroup('g', {retentionInDays: undefined});
    });
    start(logs => expect(logs.group('g').retentionInDays).toBeUndefined());
  });

  it('are there up to the last whole write after the machine has failed', async () => {
    const store = openStore(directory);
    const group = new CloudWatchLogs({...account, store, now: () => now}).ensureGroup('g');
    for (const message of ['whole', 'torn']) {
      group.append({timestamp: now, message, stream: 's'});
      // What is written in one turn is one transaction.
      await new Promise(resolve => setImmediate(resolve));
    }
    const copy = join(directory, 'copy');
    await mkdir(copy);
    for (const name of ['relayq.sqlite', 'relayq.sqlite-wal'])
      await copyFile(join(directory, name), join(copy, name));
    const log = join(copy, 'relayq.sqlite-wal');
    await truncate(log, (await stat(log)).size - 100);
    store.close();
    const copied = openStore(copy);
    expect(textsOf(new CloudWatchLogs({...account, store: copied, now: () => now}))).toEqual(['whole']);
    copied.close();
  });

  it('are told to who listens, old ones first', () => {
    start(logs => logs.ensureGroup('g').append({timestamp: now, message: 'old', stream: 's'}));
    start(logs => {
      const told: string[] = [];
      logs.onEvent(({message}) => told.push(message));
      logs.group('g').append({timestamp: now, message: 'new', stream: 's'});
      expect(told).toEqual(['old', 'new']);
    });
  });

  it('go when they are older than the retention of their group, or than 14 days', () => {
    start(logs => {
      for (const [name, days] of [
        ['short', 3],
        ['long', 30],
        ['ever', undefined],
      ] as const) {
        const group = logs.ensureGroup(name, {retentionInDays: days});
        for (const age of [20, 10, 1])
          group.append({timestamp: now - age * dayMs, message: `${age} days`, stream: `${age}`});
      }
    });
    for (const _ of [1, 2])
      start(logs => {
        expect(textsOf(logs, 'short')).toEqual(['1 days']);
        expect(textsOf(logs, 'long')).toEqual(['10 days', '1 days']);
        expect(textsOf(logs, 'ever')).toEqual(['10 days', '1 days']);
        expect([...logs.group('short').streams.keys()]).toEqual(['1']);
      });
    start(logs => expect(textsOf(logs, 'ever')).toEqual([]), now + 100 * dayMs);
  });

  it('go while the cloud runs on, too', () => {
    let ms = now;
    const logs = new CloudWatchLogs({...account, now: () => ms});
    const group = logs.ensureGroup('g');
    group.append({timestamp: ms, message: 'old', stream: 's'});
    ms += 15 * dayMs;
    group.append({timestamp: ms, message: 'new', stream: 's'});
    expect(textsOf(logs)).toEqual(['new']);
  });

  it('are bounded by their octets', () => {
    const kept = start(logs => {
      const group = logs.ensureGroup('g', {capacityOctets: 50_000});
      for (let n = 0; n < 1000; n++)
        group.append({timestamp: now, message: `${n} ${'x'.repeat(100)}`, stream: 's'});
      return textsOf(logs);
    });
    expect(kept.length).toBeLessThan(300);
    start(logs => {
      expect(textsOf(logs)).toEqual(kept);
      expect(logs.group('g').events.at(-1)?.number).toBe(999);
    });
  });
});

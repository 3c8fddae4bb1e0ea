// What environments know of receivers together, and what each of them knows alone.

import {beforeEach, describe, expect, test} from 'vitest';
import {stateOf} from '../../../shared/delivery/receivers/change-line.ts';
import {receiversOf, SharedReceivers} from '../../samples/receivers.ts';

const name = 'example.org';
const clock = {now: 0};
let table: SharedReceivers;
let lines: string[];
beforeEach(() => {
  clock.now = 1_900_000_000_000;
  table = new SharedReceivers();
  lines = [];
});

const environment = () =>
  receiversOf({
    table,
    now: () => clock.now,
    log: (level, message, fields = {}) => lines.push(`${level} ${message} ${fields.receiver ?? ''}`.trim()),
  });
const reason = 'connect lost: refused';
const refused = (those: ReturnType<typeof environment>) => those.failed(name, {reason});

describe('environments together', () => {
  test('find out that a receiver is down, and say so once', async () => {
    const [a, b] = [environment(), environment()];
    await refused(a);
    await refused(b);
    await refused(a);
    expect(stateOf(a.entryOf(name))).toBe('down');
    expect(lines).toEqual([`warn receiver is down ${name}`]);
    await b.refresh();
    expect(stateOf(b.entryOf(name))).toBe('down');
  });

  test('write all they see, whoever is first', async () => {
    const all = [environment(), environment(), environment(), environment()];
    await Promise.all(all.map(refused));
    expect(table.entries.get(name)!.entry!.failures).toBe(3);
  });

  test('have one probe at a time', async () => {
    const all = [environment(), environment(), environment()];
    for (const each of all) await refused(each);
    clock.now += 10_000;
    for (const each of all) await each.refresh();
    const claims = await Promise.all(all.map(each => each.claim(name)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test('know that it is up again when one has had a success', async () => {
    const [a, b] = [environment(), environment()];
    for (let n = 0; n < 3; n += 1) await refused(a);
    clock.now += 10_000;
    await b.refresh();
    await b.answered(name);
    expect(table.entries.size).toBe(0);
    clock.now += 10_000;
    await a.refresh();
    expect(a.entryOf(name)).toBeUndefined();
    expect(lines.at(-1)).toBe(`info receiver is up ${name}`);
  });

  test('lose nothing of what one has just written when the list that is read is older', async () => {
    const a = environment();
    await a.refresh();
    const stale = new Map(table.entries);
    clock.now += 10_000;
    await refused(a);
    table.all = async () => stale;
    await a.refresh();
    expect(a.entryOf(name)!.failures).toBe(1);
  });
});

describe('what is known costs', () => {
  test('one reading in ten seconds', async () => {
    const a = environment();
    for (let n = 0; n < 25; n += 1) {
      await a.refresh();
      clock.now += 1_000;
    }
    expect(table.reads).toBe(3);
  });

  test('nothing for successes at receivers that are up', async () => {
    const a = environment();
    await a.answered(name);
    expect(table.writes).toBe(0);
  });

  test('nothing for what says nothing new', async () => {
    const a = environment();
    for (let n = 0; n < 3; n += 1) await refused(a);
    const {writes} = table;
    await refused(a);
    await a.claim(name);
    expect(table.writes).toBe(writes);
  });
});

describe('while the table fails', () => {
  beforeEach(() => {
    table.isDown = true;
  });

  test('an environment goes by what it knows, asks again after ten seconds, and says so once', async () => {
    const a = environment();
    await a.refresh();
    for (let n = 0; n < 3; n += 1) await refused(a);
    expect(stateOf(a.entryOf(name))).toBe('down');
    expect(table.reads + table.writes).toBe(1);
    clock.now += 10_000;
    expect(await a.claim(name)).toBe(true);
    await a.answered(name);
    expect(a.entryOf(name)).toBeUndefined();
    const complaint = 'error the table of receivers fails; this environment goes by what it knows';
    expect(lines.filter(line => line === complaint)).toHaveLength(1);
  });

  test('and tells the others what it knows when the table is back', async () => {
    const a = environment();
    await a.refresh();
    for (let n = 0; n < 2; n += 1) await refused(a);
    table.isDown = false;
    clock.now += 10_000;
    await refused(a);
    expect(stateOf(table.entries.get(name)!.entry)).toBe('down');
    expect(lines).toContain('info the table of receivers can be used again');
  });
});

// How many connections an environment keeps: real sessions with a scripted server, and leases in the local DynamoDB.

import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {Lane} from '../../../../functions/deliver/lane.ts';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import {IdleLeases} from '../../../../functions/receivers/idle-leases.ts';
import {smarthostQueue} from '../../../../shared/delivery/destination.ts';
import {defaultCapacity} from '../../../../shared/settings/groups/capacity.ts';
import {TablesUnderTest} from '../../../local/dynamodb/tables-under-test.ts';
import type {ScriptedServer} from '../../../servers/scripted-server.ts';
import {beginAll, done, endLanes, options, running, serve, targetOf} from '../lane-under-test.ts';

const table = {logicalId: 'Receivers', name: 'receivers', key: 'list', sortKey: 'receiver'};
let db: TablesUnderTest;
beforeAll(async () => {
  db = await TablesUnderTest.listen([table]);
});
beforeEach(() => db.empty());
const environments: Environment[] = [];
afterEach(async () => {
  await endLanes();
  for (const {leases} of environments.splice(0)) await leases.returned();
});
afterAll(() => db.close());

interface Environment {
  readonly leases: IdleLeases;
  readonly connections: Connections;
}
function environment(): Environment {
  const leases = new IdleLeases({client: db.client, tableName: table.name, log: () => {}, now: Date.now});
  const connections = new Connections(Date.now, leases);
  running.push(connections);
  environments.push({leases, connections});
  return {leases, connections};
}

interface Batch {
  readonly lanes: number;
  readonly receiver?: string;
  readonly capacity?: object;
}

/** Each lane has a message, and all are open at the same time. */
async function batch(
  {connections, leases}: Environment,
  server: ScriptedServer,
  {lanes: count, receiver = smarthostQueue, capacity = {}}: Batch,
): Promise<void> {
  connections.begin(count);
  const lanes = Array.from({length: count}, () => new Lane(connections, receiver));
  const those = options({...defaultCapacity.smarthost, ...capacity});
  expect(await Promise.all(lanes.map(lane => beginAll(lane, targetOf(server), ['a'], those)))).toEqual(
    Array(count).fill([done]),
  );
  await Promise.all(lanes.map(lane => lane.close()));
  await leases.returned();
}

const leased = () => db.tables.itemsOf(table.name).length;

test('as many as its last batch had lanes lie idle, of a smarthost; the first three need no lease', async () => {
  const server = await serve();
  const one = environment();
  for (let round = 0; round < 3; round += 1) {
    await batch(one, server, {lanes: 10});
    expect(server.connections()).toBe(10);
  }
  expect(leased()).toBe(7);
  // Each lease was written once.
  expect(db.calls).toBeLessThan(20);
});

test('of other people’s servers three lie idle, without a look at the table', async () => {
  const server = await serve();
  const one = environment();
  await batch(one, server, {lanes: 6, receiver: 'example.org'});
  await batch(one, server, {lanes: 6, receiver: 'example.org'});
  expect(server.connections()).toBe(9);
  expect(db.calls).toBe(0);
});

test('of a smarthost no more than twice its connections do beside the three of each environment', async () => {
  const server = await serve();
  const again: number[] = [];
  for (const each of [environment(), environment()]) {
    await batch(each, server, {lanes: 5, capacity: {connections: 1}});
    const before = server.connections();
    await batch(each, server, {lanes: 5, capacity: {connections: 1}});
    again.push(server.connections() - before);
  }
  expect(again).toEqual([0, 2]);
  expect(leased()).toBe(2);
});

test('of a capacity that says how many, so many lie idle, and each has a lease until it is closed', async () => {
  const server = await serve();
  const one = environment();
  await batch(one, server, {lanes: 5, receiver: 'example.org', capacity: {idleConnections: 4}});
  await batch(one, server, {lanes: 5, receiver: 'example.org', capacity: {idleConnections: 4}});
  expect(server.connections()).toBe(6);
  expect(leased()).toBe(4);
  one.connections.close();
  await one.leases.returned();
  expect(leased()).toBe(0);
});

test('twenty lie idle in all: those that were used last', async () => {
  const one = environment();
  const servers = [await serve(), await serve(), await serve()] as const;
  // So many places that none is looked for in vain: of few free ones the places that are asked for at random may miss all.
  const ten = {lanes: 10, capacity: {connections: 100}};
  for (const server of servers) await batch(one, server, ten);
  const [first, ...others] = servers;
  for (const server of others) await batch(one, server, ten);
  expect(servers.map(server => server.connections())).toEqual([10, 10, 10]);
  await batch(one, first, ten);
  expect(first.connections()).toBe(20);
});

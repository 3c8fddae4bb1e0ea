// `relayq explain` on a local cloud, with direct delivery by a test's DNS.

import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {expect} from 'vitest';
import {ReceiverTable} from '../../../functions/receivers/receiver-table.ts';
import type {Entry} from '../../../shared/delivery/receivers/entry.ts';
import {names, Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {type DnsServer, startDnsServer, type Zone} from '../../servers/dns-server.ts';
import {type ReceivingServer, startReceivingServer} from '../../servers/receiving-server.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

export let cli: RelayqUnderTest;
export let pipeline: Pipeline;
export let server: ReceivingServer;
export let dns: DnsServer;
export let dynamoDb: DynamoDBClient;

export const zone: Zone = {
  'fine.example': {
    MX: [
      {exchange: 'mx2.fine.example', preference: 20},
      {exchange: 'MX1.fine.example', preference: 10},
    ],
  },
  'mx1.fine.example': {A: ['127.0.0.1']},
  'mx2.fine.example': {CNAME: ['other.example'], A: ['127.0.0.2']},
  'implicit.example': {A: ['127.0.0.1']},
  'null.example': {MX: [{exchange: '.', preference: 0}]},
  'broken.example': 'SERVFAIL',
  'silent.example': 'silence',
  'half.example': {
    MX: [
      {exchange: 'mx.half.example', preference: 1},
      {exchange: 'gone.half.example', preference: 1},
      {exchange: 'broken.example', preference: 2},
    ],
  },
  'mx.half.example': {A: ['127.0.0.1']},
};

export async function startExplain(): Promise<void> {
  server = await startReceivingServer();
  dns = await startDnsServer(zone);
  pipeline = await Pipeline.start({
    'mx-name-servers': dns.address,
    'mx-private-addresses': 'allowed',
    'mx-port': String(server.port),
  });
  cli = await RelayqUnderTest.create(() => Number(new URL(pipeline.cloud.url).port));
  dynamoDb = new DynamoDBClient(sdkOptions(pipeline.cloud.url));
}
export async function stopExplain(): Promise<void> {
  dynamoDb.destroy();
  await cli.stop();
  await pipeline.stop();
  dns.close();
  await server.close();
}

export interface Told {
  readonly code: number;
  readonly goes: boolean;
  readonly verdict: string;
  // biome-ignore lint/suspicious/noExplicitAny: each step has data of its own
  readonly [step: string]: any;
}

export async function explained(...args: readonly string[]): Promise<Told> {
  const {code, stdout, stderr} = await cli.run(['explain', ...args, '--json']);
  expect(stderr).toBe('');
  const {version, goes, verdict, steps} = JSON.parse(stdout);
  expect(version).toBe(1);
  return {
    code,
    goes,
    verdict,
    ...Object.fromEntries((steps as {step: string}[]).map(({step, ...data}) => [step, data])),
  };
}

export async function fileOf(name: string, content: object | string): Promise<string> {
  const path = join(cli.directory, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Sets parameters for as long as something is done. */
export async function having<T>(
  settings: Readonly<Record<string, string>>,
  act: () => Promise<T>,
): Promise<T> {
  await pipeline.set(settings);
  try {
    return await act();
  } finally {
    await pipeline.set(Object.fromEntries(Object.keys(settings).map(name => [name, null])));
  }
}

/** Puts the entry of a receiver for as long as something is done, which must not change it. */
export async function knowing<T>(entry: Entry, act: () => Promise<T>): Promise<T> {
  const table = new ReceiverTable(dynamoDb, names.receivers);
  const nowMs = Date.now();
  const {stored} = await table.replace(entry.receiver, undefined, entry, nowMs);
  const before = pipeline.cloud.services.dynamodb.itemsOf(names.receivers);
  try {
    const result = await act();
    expect(pipeline.cloud.services.dynamodb.itemsOf(names.receivers)).toEqual(before);
    return result;
  } finally {
    await table.replace(entry.receiver, stored, undefined, nowMs);
  }
}

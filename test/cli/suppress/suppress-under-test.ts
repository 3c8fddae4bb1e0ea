// `relayq suppress` with a table and a Parameter Store of its own.

import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {entryOf, itemOf} from '../../../functions/suppression/item.ts';
import {dynamoDbService} from '../../../local/dynamodb/service.ts';
import {Tables} from '../../../local/dynamodb/tables.ts';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsService} from '../../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {failPartly} from '../../../local/faults/partial-failure.ts';
import {ssmService} from '../../../local/ssm/service.ts';
import {Ssm} from '../../../local/ssm/ssm.ts';
import type {SuppressionEntry} from '../../../shared/delivery/suppression/entry.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

export const table = 'relayq-local-suppressions';
export let endpoint: Endpoint;
export let cli: RelayqUnderTest;
export let tables: Tables;
export const ssm = new Ssm({region: 'us-east-1', accountId: '000000000000'});
/** Operations in their order. */
export let calls: string[];
let busy = 0;
/** The next calls leave half of their items for later. */
export function leaveForLater(calls: number): void {
  busy = calls;
}

export async function startSuppress(): Promise<void> {
  const call: AwsService['call'] = async request => {
    calls.push(request.operation);
    const service = {...dynamoDbService(tables)};
    if (!request.operation.startsWith('Batch') || busy-- <= 0) return service.call(request);
    return failPartly(request, service, {share: 0.5, random: Math.random});
  };
  const dynamoDb = {...dynamoDbService(new Tables()), call};
  endpoint = await listen(awsDoors([dynamoDb, ssmService(ssm)]), {port: 0});
  cli = await RelayqUnderTest.create(() => endpoint.port);
}

export async function stopSuppress(): Promise<void> {
  await cli.stop();
  await endpoint.close();
}

/** As where the stage was deployed before there was a list. */
export function withoutTables(): void {
  tables = new Tables();
}

export function emptyList(): void {
  withoutTables();
  for (const name of [table, 'relayq-prod-suppressions'])
    tables.create({logicalId: 'Suppressions', name, key: 'who', expiry: 'expiresAt'});
  calls = [];
  busy = 0;
  ssm.put('/relayq/local/suppression', 'on');
}

export const run = (...args: readonly string[]) => cli.run(['suppress', ...args]);
export const stored = () =>
  tables
    .itemsOf(table)
    .map(item => entryOf(item)!)
    .sort((a, b) => (a.who < b.who ? -1 : 1));
export const put = (...entries: readonly (Partial<SuppressionEntry> & {readonly who: string})[]) => {
  for (const entry of entries)
    tables
      .table(table)
      .put(
        itemOf({reason: 'BOUNCE', source: 'ses', timeMs: Date.UTC(2026, 0, 5), count: 0, ...entry}) as never,
      );
};
export async function json(...args: readonly string[]) {
  const {stdout, stderr, code} = await run(...args, '--json');
  return {code, stderr, ...JSON.parse(stdout)};
}
export async function file(name: string, text: string): Promise<string> {
  const path = join(cli.directory, name);
  await writeFile(path, text);
  return path;
}

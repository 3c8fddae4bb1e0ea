// The account that `relayq preflight` looks at: a local cloud whose facts a test sets, and the MX hosts that deliver knows.

import {expect} from 'vitest';
import {throughputSetting} from '../../../local/ssm/ssm.ts';
import {Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {type DnsServer, startDnsServer} from '../../servers/dns-server.ts';
import {type ScriptedServer, startScriptedServer} from '../../servers/scripted-server.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

export interface Row {
  readonly check: string;
  readonly verdict: string;
  readonly text: string;
  readonly todo: readonly string[];
}

export let pipeline: Pipeline;
export let server: ScriptedServer;
let dns: DnsServer;
export let cli: RelayqUnderTest;

export async function startAccount(): Promise<void> {
  server = await startScriptedServer();
  dns = await startDnsServer({
    'there.example': {MX: [{preference: 10, exchange: 'mx.there.example'}]},
    'mx.there.example': {A: ['127.0.0.1']},
  });
  pipeline = await Pipeline.start({'mx-port': String(server.port), 'mx-name-servers': dns.address});
  cli = await RelayqUnderTest.create(() => pipeline.cloud.port);
}

export async function stopAccount(): Promise<void> {
  await cli.stop();
  await pipeline.stop();
  await server.close();
  dns.close();
}

export const bootstrapParameter = '/cdk-bootstrap/hnb659fds/version';
export const services = () => pipeline.cloud.services;

/** Nothing stands in the way of a stage. */
export function makeReady(): void {
  services().lambda.concurrency = {all: 1000, unreserved: 1000};
  services().ssm.serviceSettings.set(throughputSetting, 'false');
  services().ssm.put(bootstrapParameter, '30');
  services().cloudformation.set('relayq-local', 'UPDATE_COMPLETE');
  services().servicequotas.clear();
  Object.assign(services().ec2, {
    zones: ['a', 'b', 'c'].map((each, index) => ({
      name: `us-east-1${each}`,
      id: `use1-az${index}`,
      state: 'available',
    })),
    vpcs: ['vpc-1'],
    addresses: [],
    natGateways: [],
  });
}

export async function preflight(...args: readonly string[]) {
  const {code, stdout, stderr} = await cli.run(['preflight', '--json', ...args]);
  expect(stderr).toBe('');
  const document = JSON.parse(stdout) as {readonly checks: readonly Row[]};
  const rowOf = (name: string) => document.checks.find(({check}) => check === name);
  return {code, document, rowOf};
}

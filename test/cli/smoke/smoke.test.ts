// `relayq smoke` on the local cloud, where all holds that is believed of AWS; and with faults, where something differs.

import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {contextOf} from '../../../cli/command/context.ts';
import {UsageError} from '../../../cli/command/problems.ts';
import {quietTerminal} from '../../../cli/console/quiet-terminal.ts';
import {smokeWith} from '../../../cli/smoke/smoke.ts';
import {steps} from '../../../cli/smoke/steps.ts';
import {startDnsServer} from '../../servers/dns-server.ts';
import {type ReceivingServer, startReceivingServer} from '../../servers/receiving-server.ts';
import {credentials} from '../relayq-under-test.ts';
import {LocalDeployment, stage} from './local-deployment.ts';

let deployment: LocalDeployment;
let server: ReceivingServer;

beforeAll(async () => {
  Object.assign(process.env, credentials);
  server = await startReceivingServer();
  deployment = await LocalDeployment.create();
});
beforeEach(() => {
  deployment.disturb = () => {};
  deployment.parameters = {};
  deployment.asked.length = 0;
});
afterAll(async () => {
  await deployment.stop();
  await server.close();
});

interface Document {
  readonly findings: readonly {readonly id: string; readonly verdict: string; readonly seen: string}[];
  readonly failures: readonly string[];
  readonly left: readonly string[];
}

async function smoke(
  options: {only?: readonly string[]; clean?: boolean; smarthost?: undefined} = {},
  common: {stage?: string; yes?: boolean; signal?: AbortSignal; onTold?: (line: string) => void} = {},
) {
  const said: string[] = [];
  const terminal = {
    ...quietTerminal([]),
    say: (line: string) => void said.push(line),
    tell: (line: string) => common.onTold?.(line),
  };
  const context = contextOf(
    {
      stage: common.stage ?? stage,
      endpointUrl: deployment.url,
      region: 'us-east-1',
      json: true,
      yes: common.yes ?? true,
      readOnly: false,
      input: false,
      local: false,
    },
    {
      terminal,
      env: credentials,
      signal: common.signal ?? new AbortController().signal,
      now: deployment.clock.now,
    },
  );
  const all = {smarthost: `127.0.0.1:${server.port}`, ...options};
  const {pass} = deployment;
  try {
    const status = await smokeWith(context, all, {deployment, pass, patienceMs: 15_000});
    return {status, document: JSON.parse(said.join('')) as Document};
  } finally {
    context.clients.destroy();
  }
}

const those = ({findings}: Document, verdict: string) =>
  findings.filter(finding => finding.verdict === verdict);

test('all beliefs hold on the local cloud, and nothing is left', async () => {
  const {status, document} = await smoke();
  expect(those(document, 'differs')).toEqual([]);
  expect(document.failures).toEqual([]);
  expect(document.left).toEqual([]);
  expect(document.findings.map(({id}) => id).sort()).toEqual(
    steps.flatMap(({beliefs}) => beliefs.map(({id}) => id)).sort(),
  );
  expect(those(document, 'not tried').every(({id}) => id.startsWith('beyond/'))).toBe(true);
  expect(status).toBe(0);
  expect(deployment.asked).toEqual([
    expect.objectContaining({retain: 'false', deliverConcurrency: '2'}),
    expect.objectContaining({retain: 'false', deliverConcurrency: '3'}),
  ]);
});

test('a belief differs where AWS does', async () => {
  deployment.disturb = resources => {
    // Nobody runs the keeper.
    resources.schedules.splice(0);
  };
  const {status, document} = await smoke({only: ['pause']});
  expect(those(document, 'differs').map(({id}) => id)).toEqual(['pause/back']);
  expect(document.left).toEqual([]);
  expect(status).toBe(1);
});

test('without a smarthost no mail leaves, and its fate is known all the same', async () => {
  const dns = await startDnsServer({});
  deployment.parameters = {'mx-name-servers': dns.address};
  const before = server.received.length;
  try {
    const {status, document} = await smoke({only: ['send'], smarthost: undefined});
    expect(those(document, 'differs')).toEqual([]);
    expect(status).toBe(0);
  } finally {
    dns.close();
  }
  expect(dns.questions).toContain('smoke.invalid MX');
  expect(server.received.length).toBe(before);
});

test('Ctrl-C ends the steps, and everything is removed', async () => {
  const interrupted = new AbortController();
  const onTold = (line: string) => line.startsWith('queues:') && interrupted.abort(new Error('interrupted'));
  await expect(smoke({only: ['queues']}, {signal: interrupted.signal, onTold})).rejects.toThrow(
    'interrupted',
  );
  expect(deployment.cloud.sqs.queues).toEqual([]);
});

test.each([
  ['a stage of another name', {}, {stage: 'prod'}],
  ['a step that is not there', {only: ['nonsense']}, {}],
])('%s is refused', async (_, options, common) => {
  await expect(smoke(options, common)).rejects.toThrow(UsageError);
  expect(deployment.asked).toEqual([]);
});

test('nothing is done where nobody says yes', async () => {
  await expect(smoke({}, {yes: false})).rejects.toThrow('say so with --yes');
  expect(deployment.asked).toEqual([]);
});

test('a stage that is there already is left alone, until --clean', async () => {
  deployment.cloud.ssm.put(`/relayq/${stage}/smarthost`, 'mail.example.net');
  deployment.cloud.ssm.put(`/relayq/${stage}-other/smarthost`, 'mail.example.net');
  await expect(smoke()).rejects.toThrow(`stage ${stage} has something already`);
  expect(deployment.cloud.ssm.get(`/relayq/${stage}/smarthost`)).toBe('mail.example.net');
  expect((await smoke({clean: true})).status).toBe(0);
  expect(deployment.cloud.ssm.get(`/relayq/${stage}/smarthost`)).toBeUndefined();
});

// A recipient domain of its own for a test: example.org with its DNS, its policy host, and an SMTP server that all its
// MX hosts are; and an environment of the deliver function that knows nothing yet.

import tls from 'node:tls';
import type {SQSRecord} from 'aws-lambda';
import {deliverMessage} from '../../../functions/deliver/deliver-message.ts';
import {Lane} from '../../../functions/deliver/lane.ts';
import {StsPolicies} from '../../../functions/deliver/next-hop/mta-sts-policies.ts';
import {NextHops} from '../../../functions/deliver/next-hop/next-hops.ts';
import {Connections} from '../../../functions/deliver/pace/connections.ts';
import {Troubles} from '../../../functions/deliver/pace/troubles.ts';
import {type Deliverable, readRecord} from '../../../functions/deliver/read-record.ts';
import {outcomeLog} from '../../../functions/outcome/outcome-log.ts';
import {OutcomeWriter} from '../../../functions/outcome/outcome-writer.ts';
import {setUpComplaints} from '../../../functions/outcome/set-up-complaints.ts';
import {Settler} from '../../../functions/outcome/settler.ts';
import {sqsClient} from '../../../functions/runtime/clients.ts';
import {Sqs} from '../../../functions/runtime/sqs.ts';
import {timer} from '../../../functions/runtime/timer.ts';
import {resultOf} from '../../../shared/delivery/result.ts';
import type {Message} from '../../../shared/message/message.ts';
import {parseSettings} from '../../../shared/settings/settings.ts';
import {contentOf} from '../../../shared/smtp/content.ts';
import {certificateOf} from '../../fixtures/fixture.ts';
import {mailTo} from '../../samples/mail.ts';
import {receiversOf} from '../../samples/receivers.ts';
import {type DnsServer, startDnsServer, type Zone} from '../../servers/dns-server.ts';
import {startDohServer} from '../../servers/doh-server.ts';
import {type PolicyHost, startPolicyHost} from '../../servers/policy-host.ts';
import {type ReceivingServerOptions, startReceivingServer} from '../../servers/receiving-server.ts';

/** The MX hosts: all of them one server, whose certificate is good for the names below example.org. */
export const mxHosts = {
  good: 'mx.example.org',
  misnamed: 'mx.example.net',
  another: 'another.example.org',
} as const;

export interface WorldOptions {
  /** The text of its MTA-STS policy. */
  readonly policy?: string | undefined;
  readonly mx?: readonly (keyof typeof mxHosts)[];
  readonly smtp?: ReceivingServerOptions;
  /** Its DNS is signed, asked over HTTPS, and has these names besides. */
  readonly signed?: (smtpPort: number) => Zone;
}

export interface World {
  readonly dns: DnsServer;
  readonly policyHost: PolicyHost;
  readonly smtpPort: string;
  /** What the SMTP server has seen so far. */
  readonly received: number;
  readonly connections: number;
  /** Error lines of the last delivery. */
  readonly errors: readonly string[];
  /** Delivers a message to somebody at example.org; what the log and the result say of it. */
  deliver(settings?: Record<string, string>, message?: object): Promise<Delivered>;
}

interface Delivered {
  readonly level: string;
  readonly fate: string;
  readonly log: Record<string, unknown>;
  readonly entry: Record<string, unknown>;
  /** What the log says as errors. */
  readonly errors: readonly string[];
  /** How often the settings were to be read again. */
  readonly readAgain: number;
}

const running: {close(): unknown}[] = [];

/** To be called after each test. */
export async function endWorlds(): Promise<void> {
  for (const each of running.splice(0)) await each.close();
}

/** The fixtures are trusted as certificates of a public authority would be. */
export const trustFixtures = (): void =>
  tls.setDefaultCACertificates([
    ...tls.getCACertificates(),
    certificateOf('example.org').cert,
    certificateOf('localhost').cert,
  ]);

export async function worldOf({policy, mx = ['good'], smtp = {}, signed}: WorldOptions): Promise<World> {
  const server = await startReceivingServer({...certificateOf('example.org'), ...smtp});
  const {port} = server;
  const policyHost = await startPolicyHost(policy ?? {status: 404});
  const secure = signed !== undefined;
  const zone: Zone = {
    'example.org': {MX: mx.map((name, index) => ({exchange: mxHosts[name], preference: index})), secure},
    ...Object.fromEntries(Object.values(mxHosts).map(host => [host, {A: ['127.0.0.1'], secure}])),
    ...(policy !== undefined && {
      '_mta-sts.example.org': {TXT: [['v=STSv1; id=1;']]},
      'mta-sts.example.org': {A: ['127.0.0.1']},
    }),
    ...signed?.(port),
  };
  const dns = await (signed ? startDohServer(zone) : startDnsServer(zone));
  running.push(server, policyHost, dns);

  let readAgain = 0;
  const lines: {level: string; message: string; fields: Record<string, unknown>}[] = [];
  const log = (level: string, message: string, fields = {}) => lines.push({level, message, fields});
  const now = Date.now;
  const policies = new StsPolicies({log, now, httpsPort: policyHost.port});
  const connections = new Connections(now);
  running.push(connections);
  const sqs = new Sqs(sqsClient());
  const complaints = setUpComplaints(log, () => {
    readAgain += 1;
  });
  const writer = new OutcomeWriter({
    sqs,
    urls: {waiting: '', waitingSoon: '', fast: '', slow: ''},
    listeners: [outcomeLog(log), complaints],
  });
  const parts = {
    settler: new Settler({writer, sqs, deliveryUrl: '', log, timer}),
    deliveryQueue: 'fast' as const,
    receivers: receiversOf(),
    troubles: new Troubles(),
    contentOf: async ({text}: Message) => contentOf(text),
    nextHops: new NextHops({policies, now, random: () => 0.5, anywhere: false}),
    log,
    now,
  };
  const common = {
    'mx-port': String(port),
    'mx-private-addresses': 'allowed',
    [signed ? 'mx-resolver' : 'mx-name-servers']: dns.address,
    'helo-name': 'relay.example',
    // So that a connection outlives the batch that made it.
    'capacity/default': '{"idleSeconds": 60}',
  };
  const deliver = async (more = {}, message = {}) => {
    const parameters = Object.entries({...common, ...more}).map(([name, value]) => ({
      name,
      value: `${value}`,
    }));
    const {settings} = parseSettings(parameters);
    const record = {
      messageId: 'id',
      body: JSON.stringify(mailTo('to@example.org', message)),
      attributes: {SentTimestamp: String(now()), ApproximateReceiveCount: '1'},
    } as unknown as SQSRecord;
    const lane = new Lane(connections);
    const deadlineMs = now() + 300_000;
    const begun = {lane, deadlineMs, lastTextMs: deadlineMs, isFirst: true, turn: await lane.nextTurn()};
    readAgain = 0;
    lines.length = 0;
    const candidate = readRecord(record, settings, parts) as Deliverable;
    const rules = {settings, decide: () => undefined};
    const outcome = await deliverMessage(candidate, begun, rules, parts);
    await lane.close();
    if ('kind' in outcome && outcome.kind === 'hidden') throw new Error(`hidden: ${outcome.cause}`);
    if (!('entries' in outcome)) throw new Error('not attempted');
    writer.known(outcome);
    const {results: entries} = JSON.parse(resultOf(outcome)) as {results: Record<string, unknown>[]};
    const {level, fields} = lines.findLast(line => line.message === 'attempt')!;
    const errors = lines.filter(line => line.level === 'error').map(({message}) => message);
    return {level, fate: outcome.fate, log: fields, entry: entries.at(-1)!, errors, readAgain};
  };
  return {
    dns,
    policyHost,
    smtpPort: String(port),
    deliver,
    get errors() {
      return lines.filter(({level}) => level === 'error').map(({message}) => message);
    },
    get received() {
      return server.received.length;
    },
    get connections() {
      return server.connections();
    },
  };
}

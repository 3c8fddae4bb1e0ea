// One delivery attempt: the hosts of the next hop, one after the other, until one of them decides.

import {contentOf} from '../../shared/content.ts';
import type {Message} from '../../shared/message.ts';
import {type Failure, judge, type Verdict} from '../../shared/outcome.ts';
import type {Reply} from '../../shared/reply.ts';
import {capacityOf, type NextHop, nextHopName} from '../../shared/routing.ts';
import type {MxSettings, Settings} from '../../shared/settings.ts';
import {type Hosts, resolveMxHosts, resolveRelayHost} from './dns.ts';
import type {Lane} from './lane.ts';
import type {SessionFacts, Target} from './smtp-opening.ts';
import type {Clock} from './stage-watch.ts';

export type Attempt = {
  /** The host that the attempt ended at. */
  readonly mta?: string;
  readonly facts?: SessionFacts;
  readonly messages?: number;
  /** How many addresses were tried. */
  readonly tried: number;
} & (
  | {readonly accepted: true; readonly reply: Reply}
  | {readonly accepted: false; readonly failure: Failure; readonly verdict: Verdict}
);

/** Each address tried costs time: a next hop with more of them than this waits for the next attempt. */
const maxAddresses = 10;

/** Implicit TLS is a property of the port (RFC 8314 3.3), and of submission: MX hosts have none. */
const implicitTlsPort = 465;

export interface AttemptOptions extends Clock {
  readonly random: () => number;
  /** Called when the next message of the lane may begin; not called at all when there was no transaction. */
  readonly handedOver?: () => void;
}

export async function attemptDelivery(
  message: Message & {readonly mime: string},
  hop: NextHop,
  lane: Lane,
  settings: Pick<Settings, 'smarthost' | 'heloName' | 'mx' | 'capacity'>,
  {random, handedOver, ...clock}: AttemptOptions,
): Promise<Attempt> {
  const resolved = await lane.hostsOf(nextHopName(hop), () => resolveHosts(hop, settings.mx, random));
  if (!resolved.ok)
    return {accepted: false, failure: resolved.failure, verdict: judge(resolved.failure), tried: 0};
  const mail = {from: message.envelope, to: message.recipient, content: contentOf(message.mime)};
  const targets = targetsOf(hop, resolved.hosts, settings.mx).slice(0, maxAddresses);
  const {heloName} = settings;
  const options = {...clock, heloName, capacity: capacityOf(message, settings)};
  const failures: Extract<Attempt, {accepted: false}>[] = [];
  for (const target of targets) {
    const {facts, messages, ...transaction} = await lane.transact(target, mail, options, handedOver);
    const tried = failures.length + 1;
    const common = {mta: target.host, facts, messages, tried};
    if (transaction.ok) return {accepted: true, reply: transaction.reply, ...common};
    const verdict = judge(transaction.failure);
    failures.push({accepted: false, failure: transaction.failure, verdict, ...common});
    if (!verdict.tryNextHost || clock.now() >= clock.deadlineMs) break;
  }
  return {...decisiveOf(failures), tried: failures.length};
}

/** A host that bounces for what it lacks does not outweigh one that may still take the message later. */
function decisiveOf<F extends {readonly verdict: Verdict}>(failures: readonly F[]): F {
  const last = failures.at(-1)!;
  if (last.verdict.fate === 'deferred' || !last.verdict.tryNextHost) return last;
  return failures.findLast(({verdict}) => verdict.fate === 'deferred') ?? last;
}

const resolveHosts = (hop: NextHop, mx: MxSettings, random: () => number): Promise<Hosts> =>
  hop.kind === 'mx' ? resolveMxHosts(hop.domain, mx, random) : resolveRelayHost(hop.host);

function targetsOf(
  hop: NextHop,
  hosts: readonly {readonly host: string; readonly addresses: readonly string[]}[],
  mx: MxSettings,
): readonly Target[] {
  const {security} = hop;
  const server =
    hop.kind === 'mx'
      ? {port: mx.port, security, implicitTls: false}
      : {
          port: hop.port,
          security,
          implicitTls: hop.port === implicitTlsPort,
          ...(hop.credentials && {credentials: hop.credentials}),
        };
  return hosts.flatMap(({host, addresses}) => addresses.map(address => ({host, address, ...server})));
}

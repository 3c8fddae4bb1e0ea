// One delivery attempt: the hosts of the next hop, one after the other, until one of them decides.

import {contentOf} from '../../shared/content.ts';
import type {Message} from '../../shared/message.ts';
import {type Failure, judge, type Verdict} from '../../shared/outcome.ts';
import type {Reply} from '../../shared/reply.ts';
import {capacityOf, type NextHop, nextHopName} from '../../shared/routing.ts';
import type {MxSettings, Settings} from '../../shared/settings.ts';
import {keyOf} from './connections.ts';
import type {Lane} from './lane.ts';
import type {NextHopHost} from './next-hop-hosts.ts';
import type {NextHops} from './next-hops.ts';
import type {Sites} from './sites.ts';
import type {SessionFacts} from './smtp-opening.ts';
import type {Target} from './target.ts';
import type {Clock} from './timeouts.ts';

export type Attempt = {
  /** The host that the attempt ended at. */
  readonly mta?: string;
  readonly facts?: SessionFacts;
  readonly messages?: number;
  /** How many addresses were tried. */
  readonly tried: number;
  /** Addresses that were better ones, and why they were passed over. */
  readonly passed?: readonly string[];
} & (
  | {readonly accepted: true; readonly reply: Reply}
  | {readonly accepted: false; readonly failure: Failure; readonly verdict: Verdict}
);

/** Each address tried costs time: a next hop with more of them than this waits for the next attempt. */
const maxAddresses = 10;

/** Implicit TLS is a property of the port (RFC 8314 3.3), and of submission: MX hosts have none. */
const implicitTlsPort = 465;

/** No attempt, for reasons of our own: the next hop is down until then, or the function's time is over. */
export type Unattempted = {readonly heldUntilMs: number} | {readonly outOfTime: true};

export interface AttemptOptions extends Clock {
  /** Whether it had all of the function's time: then a server that takes even longer has had its attempt. */
  readonly isFirst: boolean;
  readonly sites: Sites;
  readonly nextHops: NextHops;
  /** Called when the next message of the lane may begin; not called at all when there was no transaction. */
  readonly handedOver?: () => void;
}

export async function attemptDelivery(
  message: Message & {readonly mime: string},
  hop: NextHop,
  lane: Lane,
  settings: Pick<Settings, 'smarthost' | 'heloName' | 'mx' | 'capacity'>,
  {nextHops, sites, isFirst, handedOver, ...clock}: AttemptOptions,
): Promise<Attempt | Unattempted> {
  const resolved = await lane.hostsOf(nextHopName(hop), () => nextHops.hostsOf(hop, settings.mx));
  if (!resolved.ok)
    return {accepted: false, failure: resolved.failure, verdict: judge(resolved.failure), tried: 0};
  const mail = {from: message.envelope, to: message.recipient, content: contentOf(message.mime)};
  const targets = targetsOf(hop, resolved.hosts, settings.mx).slice(0, maxAddresses);
  const downUntil = targets.map(target => sites.downUntil(keyOf(target), clock.now()));
  if (downUntil.every(untilMs => untilMs !== undefined)) return {heldUntilMs: Math.min(...downUntil)};
  const up = targets.filter((_, index) => downUntil[index] === undefined);
  const {heloName} = settings;
  const options = {...clock, heloName, capacity: capacityOf(message, settings)};
  const failures: Extract<Attempt, {accepted: false}>[] = [];
  const passed = targets
    .filter((_, index) => downUntil[index] !== undefined)
    .map(({address}) => `${address}: down`);
  for (const target of up) {
    const {facts, messages, ...transaction} = await lane.transact(target, mail, options, handedOver);
    const tried = failures.length + 1;
    const common = {
      mta: target.host,
      facts,
      messages,
      tried,
      ...(passed.length > 0 && {passed: [...passed]}),
    };
    if (transaction.ok) {
      sites.answered(keyOf(target));
      return {accepted: true, reply: transaction.reply, ...common};
    }
    if (transaction.failure.fact === 'out-of-time' && !isFirst) return {outOfTime: true};
    const verdict = judge(transaction.failure);
    if (verdict.countsAgainstSite) sites.failed(keyOf(target), clock.now());
    else if (transaction.failure.reply) sites.answered(keyOf(target));
    failures.push({accepted: false, failure: transaction.failure, verdict, ...common});
    if (!verdict.tryNextHost || clock.now() >= clock.deadlineMs) break;
    passed.push(`${target.address}: ${transaction.failure.stage} ${transaction.failure.description}`);
  }
  return {...decisiveOf(failures), tried: failures.length};
}

/** A host that bounces for what it lacks does not outweigh one that may still take the message later. */
function decisiveOf<F extends {readonly verdict: Verdict}>(failures: readonly F[]): F {
  const last = failures.at(-1)!;
  if (last.verdict.fate === 'deferred' || !last.verdict.tryNextHost) return last;
  return failures.findLast(({verdict}) => verdict.fate === 'deferred') ?? last;
}

function targetsOf(hop: NextHop, hosts: readonly NextHopHost[], mx: MxSettings): readonly Target[] {
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
  return hosts.flatMap(({addresses, ...known}) => {
    // RFC 8461 4.2: a certificate that is valid for the MX host, whatever less the message or we would do with.
    const secured = known.policy?.mode === 'enforce' ? ({...server, security: 'verified'} as const) : server;
    return addresses.map(address => ({...known, address, ...secured}));
  });
}

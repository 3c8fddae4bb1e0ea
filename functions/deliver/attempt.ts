// One delivery attempt: the hosts of the next hop, one after the other, until one of them decides.

import {type Destination, type NextHop, nextHopName} from '../../shared/delivery/destination.ts';
import type {Message} from '../../shared/message/message.ts';
import type {MxSettings} from '../../shared/settings/groups/mx.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {
  authenticationWantedOf,
  isOfOurSetUp,
  wantsAuthentication,
} from '../../shared/smtp/authentication-wanted.ts';
import {contentOf} from '../../shared/smtp/content.ts';
import type {Reply} from '../../shared/smtp/reply.ts';
import {type Failure, judge, type Verdict} from '../../shared/smtp/verdict.ts';
import type {Lane, Transaction} from './lane.ts';
import type {NextHopHost} from './next-hop/next-hop-hosts.ts';
import type {NextHops} from './next-hop/next-hops.ts';
import {keyOf} from './pace/connections.ts';
import type {Sites} from './pace/sites.ts';
import type {SessionFacts} from './smtp/session-facts.ts';
import type {Target} from './smtp/target.ts';
import type {Clock} from './smtp/timeouts.ts';

export type Attempt = {
  /** The host that the attempt ended at. */
  readonly mta?: string;
  readonly facts?: SessionFacts;
  readonly messages?: number;
  /** How many addresses were tried. */
  readonly tried: number;
  /** What takes somebody who puts our set-up right, at the first address that said so, whatever became of the message. */
  readonly complaint?: Failure;
  /** Addresses that were better ones, and why they were passed over. */
  readonly passed?: readonly string[];
} & (
  | {readonly accepted: true; readonly reply: Reply}
  | {readonly accepted: false; readonly failure: Failure; readonly verdict: Verdict}
);

/** Each address tried costs time: a next hop with more of them than this waits for the next attempt. */
const maxAddresses = 10;

/** Implicit TLS is a property of the port (RFC 8314 3.3), where nothing else is said, and of submission: MX hosts have none. */
const implicitTlsPort = 465;

/** No attempt, for reasons of our own: the next hop is down until then, or the function's time is over. */
export type Unattempted = Held | {readonly outOfTime: true};

interface Held {
  readonly heldUntilMs: number;
  /** Where it is full and not down. */
  readonly full?: Failure;
}

export interface AttemptOptions extends Clock {
  /** Whether it had all of the function's time: then a server that takes even longer has had its attempt. */
  readonly isFirst: boolean;
  readonly sites: Sites;
  readonly nextHops: NextHops;
  /** Called when the next message of the lane may begin; not called at all when there was no transaction. */
  readonly handedOver?: () => void;
}

export async function attemptDelivery(
  message: Message,
  {nextHop: hop, capacity, isForeign}: Pick<Destination, 'nextHop' | 'capacity' | 'isForeign'>,
  lane: Lane,
  settings: Pick<Settings, 'heloName' | 'mx' | 'smarthostPrivateAddresses'>,
  {nextHops, sites, isFirst, handedOver, ...clock}: AttemptOptions,
): Promise<Attempt | Unattempted> {
  const named = await lane.hostsOf(nextHopName(hop), () => nextHops.hostsOf(hop, settings.mx));
  const resolved = isForeign ? nextHops.permitted(named, settings) : named;
  if (!resolved.ok)
    return {accepted: false, failure: resolved.failure, verdict: judge(resolved.failure), tried: 0};
  const mail = {from: message.envelope, to: message.recipient, content: contentOf(message.text)};
  const targets = targetsOf(hop, resolved.hosts, settings.mx).slice(0, maxAddresses);
  const downUntil = targets.map(target =>
    sites.downUntil(keyOf(target), clock.now(), lane.isConnectedTo(target)),
  );
  if (downUntil.every(untilMs => untilMs !== undefined)) return {heldUntilMs: Math.min(...downUntil)};
  const up = targets.filter((_, index) => downUntil[index] === undefined);
  const {heloName} = settings;
  const options = {...clock, heloName, capacity};
  const failures: Extract<Attempt, {accepted: false}>[] = [];
  const passed = targets
    .filter((_, index) => downUntil[index] !== undefined)
    .map(({address}) => `${address}: down`);
  let held: Held | undefined;
  let complaint: Failure | undefined;
  for (const target of up) {
    const hasNextHost = target !== up.at(-1);
    const transaction = await lane.transact(target, mail, {...options, hasNextHost}, handedOver);
    const {facts, messages} = transaction;
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
      return {accepted: true, reply: transaction.reply, ...common, ...(complaint && {complaint})};
    }
    const failure = failureAt(hop, transaction);
    if (failure.fact === 'out-of-time' && !isFirst) return {outOfTime: true};
    const verdict = judge(failure);
    if (failure.fact === 'server-full') {
      const untilMs = sites.full(keyOf(target), clock.now());
      if (untilMs !== undefined) held ??= {heldUntilMs: untilMs, full: failure};
    } else if (verdict.countsAgainstSite) sites.failed(keyOf(target), clock.now());
    else if (failure.reply) sites.answered(keyOf(target));
    if (isOfOurSetUp(failure)) complaint ??= failure;
    failures.push({accepted: false, failure, verdict, ...common});
    if (!verdict.tryNextHost || clock.now() >= clock.deadlineMs) break;
    passed.push(`${target.address}: ${failure.stage} ${failure.description}`);
  }
  if (held !== undefined && complaint === undefined && failures.every(isOfSite)) return held;
  return {...decisiveOf(failures), tried: failures.length, ...(complaint && {complaint})};
}

/** Who was not asked to relay refuses the recipient. */
const failureAt = (hop: NextHop, {failure, couldAuthenticate}: Extract<Transaction, {ok: false}>): Failure =>
  hop.kind !== 'mx' && wantsAuthentication(failure, couldAuthenticate)
    ? authenticationWantedOf(failure)
    : failure;

/** Another time at the same server is as good as another server. */
const isOfSite = ({failure, verdict}: {readonly failure: Failure; readonly verdict: Verdict}): boolean =>
  failure.fact === 'server-full' || verdict.countsAgainstSite;

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
          implicitTls: hop.implicitTls ?? hop.port === implicitTlsPort,
          ...(hop.credentials && {credentials: hop.credentials}),
          ...(hop.ca !== undefined && {ca: hop.ca}),
        };
  return hosts.flatMap(({addresses, ...known}) => {
    // RFC 8461 4.2: a certificate that is valid for the MX host, whatever less the message or we would do with.
    const secured = known.policy?.mode === 'enforce' ? ({...server, security: 'verified'} as const) : server;
    return addresses.map(address => ({...known, address, ...secured}));
  });
}

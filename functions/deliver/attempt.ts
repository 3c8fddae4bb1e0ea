// One delivery attempt: the targets of the next hop, one after the other, until one of them decides.

import {type Destination, nextHopName} from '../../shared/delivery/destination.ts';
import type {Stop} from '../../shared/delivery/gate.ts';
import type {Message} from '../../shared/message/message.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {isOfOurSetUp, relayFailureOf} from '../../shared/smtp/authentication-wanted.ts';
import type {Content} from '../../shared/smtp/content.ts';
import type {Failure, Tried} from '../../shared/smtp/failure.ts';
import {keyOf, type Target} from '../../shared/smtp/target.ts';
import {decisiveOf, judge, mayWait} from '../../shared/smtp/verdict.ts';
import type {Lane} from './lane.ts';
import type {NextHops} from './next-hop/next-hops.ts';
import {targetsOf} from './next-hop/targets.ts';
import type {Troubles} from './pace/troubles.ts';
import type {ReceiverWatch, Uncounted} from './receiver-watch.ts';
import type {SentOctets} from './smtp/sent-octets.ts';
import type {SessionFacts} from './smtp/session-facts.ts';
import type {Deadline} from './smtp/timeouts.ts';
import type {Turn} from './smtp/turns.ts';

export type Attempt = Tried & {
  readonly kind: 'attempted';
  /** The host that the attempt ended at. */
  readonly mta?: string;
  readonly facts?: SessionFacts;
  readonly messages?: number;
  /** What was sent over the connection so far. */
  readonly sentOctets?: SentOctets;
  /** How many addresses were tried. */
  readonly tried: number;
  /** The first failure that somebody has to put our set-up right for, whatever became of the message. */
  readonly complaint?: Failure;
  /** Addresses that were better ones, and why they were passed over. */
  readonly passed?: readonly string[];
};

/** The next hop has no room for another connection. */
interface Full {
  readonly kind: 'full';
  readonly untilMs: number;
  readonly failure: Failure;
}

/** No attempt that counts. */
export type Unattempted =
  | Full
  | Uncounted
  | {readonly kind: 'out-of-time'}
  /** A gate has closed since the attempt began. */
  | {readonly kind: 'stopped'; readonly stop: Stop};

export interface AttemptOptions extends Deadline {
  readonly settings: Pick<Settings, 'heloName' | 'mx' | 'smarthostPrivateAddresses' | 'resultsDetail'>;
  readonly nextHops: NextHops;
  readonly troubles: Troubles;
  readonly watch: ReceiverWatch;
  /** Loads the text of a message. It is called at most once, when there is a connection for the message. */
  readonly contentOf: (message: Message) => Promise<Content>;
  /** What stops the message just before a transaction; undefined where nothing does. */
  readonly stopOf: () => Promise<Stop | undefined>;
  readonly turn: Turn;
  /** Whether the message had all of the function's time. A server that takes even longer has had its attempt. */
  readonly isFirst: boolean;
}

/** A gate has closed: the connection stays as it is, for the next message. */
class Closed extends Error {}

export async function attemptDelivery(
  message: Message,
  {nextHop: hop, capacity, isForeign}: Pick<Destination, 'nextHop' | 'capacity' | 'isForeign'>,
  lane: Lane,
  {settings, nextHops, troubles, watch, contentOf, stopOf, isFirst, ...turn}: AttemptOptions,
): Promise<Attempt | Unattempted> {
  const {now, deadlineMs} = turn;
  const {mx, heloName} = settings;
  const wantsCertificate = settings.resultsDetail.has('certificate');
  const named = await watch.resolved(lane.hostsOf(nextHopName(hop), () => nextHops.hostsOf(hop, mx)));
  const resolved = nextHops.usable(named, isForeign, settings);
  if (!resolved.ok)
    return (await watch.unresolved(resolved.failure)) ?? {kind: 'attempted', ...resolved, tried: 0};
  const targets = targetsOf(hop, resolved.hosts, mx);
  const isLeftAlone = (target: Target) =>
    troubles.untilMs(keyOf(target), now(), lane.isConnectedTo(target)) !== undefined;
  const others = targets.filter(target => !isLeftAlone(target));
  const up = others.length > 0 ? others : targets;
  const passed = targets.filter(target => !up.includes(target)).map(({address}) => `${address}: down`);
  const envelope = {from: message.envelope, to: message.recipient, dsn: message.dsn};
  let loaded: Promise<Content> | undefined;
  let stop: Stop | undefined;
  // It is asked for when there is a connection, and before anything of the transaction is said.
  const content = async () => {
    stop = await stopOf();
    if (stop !== undefined) throw new Closed();
    loaded ??= contentOf(message);
    return loaded;
  };
  const failures: Extract<Attempt, {ok: false}>[] = [];
  const blamed: {readonly failure: Failure; readonly isFresh: boolean}[] = [];
  let full: Full | undefined;
  for (const target of up) {
    const hasNext = target !== up.at(-1);
    const wish = {
      ...turn,
      ...watch.limits,
      target,
      envelope,
      content,
      heloName,
      capacity,
      hasNext,
      wantsCertificate,
    };
    const transacted = await lane
      .transact({...wish, openingMs: () => watch.openingMs(hasNext)})
      .catch(error => {
        if (error instanceof Closed) return undefined;
        throw error;
      });
    if (transacted === undefined) return {kind: 'stopped', stop: stop!};
    if (!transacted.ok && transacted.spent !== undefined)
      return {kind: 'overran', failure: transacted.failure};
    const {facts, messages, sentOctets, isFresh, couldAuthenticate} = transacted;
    const common = {
      kind: 'attempted',
      mta: target.host,
      facts,
      messages,
      ...(sentOctets && {sentOctets}),
      tried: failures.length + 1,
      ...(passed.length > 0 && {passed: [...passed]}),
    } as const;
    if (transacted.ok) {
      troubles.answered(keyOf(target));
      watch.answered();
      return {...common, ok: true, reply: transacted.reply, ...complaintOf(failures)};
    }
    // Nobody asks an MX host to relay: it refuses the recipient.
    const failure =
      hop.kind === 'mx' ? transacted.failure : relayFailureOf(transacted.failure, couldAuthenticate);
    if (failure.fact === 'out-of-time' && !isFirst) return {kind: 'out-of-time'};
    const untilMs = troubles.failed(keyOf(target), failure, now());
    if (untilMs !== undefined) full ??= {kind: 'full', untilMs, failure};
    failures.push({...common, ok: false, failure});
    blamed.push({failure, isFresh});
    if (!judge(failure).tryNextHost || now() >= deadlineMs || !watch.hasTimeToOpen()) break;
    passed.push(`${target.address}: ${failure.stage} ${failure.description}`);
  }
  const all = failures.map(({failure}) => failure);
  if (full !== undefined && mayWait(all)) return full;
  const decisive = decisiveOf(failures);
  const uncounted = await watch.failed(decisive.failure, blamed);
  return uncounted ?? {...decisive, tried: failures.length, ...complaintOf(failures)};
}

function complaintOf(failures: readonly {readonly failure: Failure}[]): {readonly complaint?: Failure} {
  const complaint = failures.find(({failure}) => isOfOurSetUp(failure))?.failure;
  return complaint ? {complaint} : {};
}

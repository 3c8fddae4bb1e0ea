// One delivery attempt: the targets of the next hop, one after the other, until one of them decides.

import {type Destination, nextHopName} from '../../shared/delivery/destination.ts';
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
import type {SessionFacts} from './smtp/session-facts.ts';
import type {Deadline} from './smtp/timeouts.ts';
import type {Turn} from './smtp/turns.ts';

export type Attempt = Tried & {
  readonly kind: 'attempted';
  /** The host that the attempt ended at. */
  readonly mta?: string;
  readonly facts?: SessionFacts;
  readonly messages?: number;
  /** How many addresses were tried. */
  readonly tried: number;
  /** The first failure that somebody has to put our set-up right for, whatever became of the message. */
  readonly complaint?: Failure;
  /** Addresses that were better ones, and why they were passed over. */
  readonly passed?: readonly string[];
};

/** The next hop is down, or has no room for another connection. */
interface Held {
  readonly kind: 'held';
  readonly untilMs: number;
  /** Where it is full and not down. */
  readonly full?: Failure;
}

/** No attempt, for reasons of our own. */
export type Unattempted = Held | {readonly kind: 'out-of-time'};

export interface AttemptOptions extends Deadline {
  readonly settings: Pick<Settings, 'heloName' | 'mx' | 'smarthostPrivateAddresses'>;
  readonly nextHops: NextHops;
  readonly troubles: Troubles;
  /** Loads the text of a message. It is called at most once, when there is a connection for the message. */
  readonly contentOf: (message: Message) => Promise<Content>;
  readonly turn: Turn;
  /** Whether the message had all of the function's time. A server that takes even longer has had its attempt. */
  readonly isFirst: boolean;
}

export async function attemptDelivery(
  message: Message,
  {nextHop: hop, capacity, isForeign}: Pick<Destination, 'nextHop' | 'capacity' | 'isForeign'>,
  lane: Lane,
  {settings, nextHops, troubles, contentOf, isFirst, ...turn}: AttemptOptions,
): Promise<Attempt | Unattempted> {
  const {now, deadlineMs} = turn;
  const {mx, heloName} = settings;
  const named = await lane.hostsOf(nextHopName(hop), () => nextHops.hostsOf(hop, mx));
  const resolved = isForeign ? nextHops.permitted(named, settings) : named;
  if (!resolved.ok) return {kind: 'attempted', ...resolved, tried: 0};
  const downUntilMs = new Map<Target, number>();
  const targets = targetsOf(hop, resolved.hosts, mx);
  for (const target of targets) {
    const untilMs = troubles.untilMs(keyOf(target), now(), lane.isConnectedTo(target));
    if (untilMs !== undefined) downUntilMs.set(target, untilMs);
  }
  const up = targets.filter(target => !downUntilMs.has(target));
  if (up.length === 0) return {kind: 'held', untilMs: Math.min(...downUntilMs.values())};
  const passed = [...downUntilMs.keys()].map(({address}) => `${address}: down`);
  const envelope = {from: message.envelope, to: message.recipient};
  let loaded: Promise<Content> | undefined;
  const content = () => {
    loaded ??= contentOf(message);
    return loaded;
  };
  const failures: Extract<Attempt, {ok: false}>[] = [];
  let held: Held | undefined;
  for (const target of up) {
    const hasNext = target !== up.at(-1);
    const transacted = await lane.transact({...turn, target, envelope, content, heloName, capacity, hasNext});
    const {facts, messages, couldAuthenticate} = transacted;
    const common = {
      kind: 'attempted',
      mta: target.host,
      facts,
      messages,
      tried: failures.length + 1,
      ...(passed.length > 0 && {passed: [...passed]}),
    } as const;
    if (transacted.ok) {
      troubles.answered(keyOf(target));
      return {...common, ok: true, reply: transacted.reply, ...complaintOf(failures)};
    }
    // Nobody asks an MX host to relay: it refuses the recipient.
    const failure =
      hop.kind === 'mx' ? transacted.failure : relayFailureOf(transacted.failure, couldAuthenticate);
    if (failure.fact === 'out-of-time' && !isFirst) return {kind: 'out-of-time'};
    const untilMs = troubles.failed(keyOf(target), failure, now());
    if (untilMs !== undefined) held ??= {kind: 'held', untilMs, full: failure};
    failures.push({...common, ok: false, failure});
    if (!judge(failure).tryNextHost || now() >= deadlineMs) break;
    passed.push(`${target.address}: ${failure.stage} ${failure.description}`);
  }
  if (held !== undefined && mayWait(failures.map(({failure}) => failure))) return held;
  return {...decisiveOf(failures), tried: failures.length, ...complaintOf(failures)};
}

function complaintOf(failures: readonly {readonly failure: Failure}[]): {readonly complaint?: Failure} {
  const complaint = failures.find(({failure}) => isOfOurSetUp(failure))?.failure;
  return complaint ? {complaint} : {};
}

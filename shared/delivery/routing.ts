// Two decisions that are kept apart: which queue a message waits in, and where its TCP connection goes.
// A smarthost decides both; a sink only the second.

import {createHash} from 'node:crypto';
import type {Message} from '../message/message.ts';
import {identityOf} from '../message/tracking.ts';
import {type Capacity, defaultCapacity} from '../settings/capacity.ts';
import type {Settings, Unknown} from '../settings/settings.ts';
import {type Security, strictestOf} from '../smtp/security.ts';
import {nameOfRelay, type Relay} from '../smtp/smarthost.ts';

/** The one queue of all mail that goes to a smarthost. */
const smarthostQueue = '(smarthost)';

export type NextHop =
  | {readonly kind: 'mx'; readonly domain: string; readonly security: Security}
  | (Relay & {readonly kind: 'smarthost' | 'sink'; readonly security: Security});

/** Why a message has to wait for the settings, and until when: then it is to be looked at again. */
export interface SettingsWait {
  readonly reason: string;
  readonly untilMs: number;
}

/** A message waits for what is not known and decides where it goes; undefined when it can go. */
export function waitsFor(message: Message, settings: Settings, nowMs: number): SettingsWait | undefined {
  const unknown = neededUnknown(message, settings);
  if (unknown === undefined) return undefined;
  // Not at once: each environment reads the settings for itself.
  const untilMs = Math.max(settings.knownFromMs ?? 0, nowMs + 1000);
  return {reason: `the ${unknown} of the settings is invalid or just being written`, untilMs};
}

/** The sink decides for all, the smarthost for those that have neither a sink nor a smarthost of their own. */
function neededUnknown({smarthost}: Message, {unknown, ...settings}: Settings): Unknown | undefined {
  if (unknown.has('sink')) return 'sink';
  if (settings.sink || smarthost) return undefined;
  if (unknown.has('smarthost')) return 'smarthost';
  return !settings.smarthost && unknown.has('mx') ? 'mx' : undefined;
}

const defaultSecurity: Security = 'opportunistic';

/** Where the TCP connection goes. The smarthost's credentials stay behind when a sink is set. */
export function resolveNextHop(message: Message, settings: Settings): NextHop {
  if (settings.sink) return {kind: 'sink', ...settings.sink, security: message.security ?? defaultSecurity};
  if (message.smarthost) {
    const security = message.smarthost.security ?? message.security ?? defaultSecurity;
    return {kind: 'smarthost', ...message.smarthost, security};
  }
  if (settings.smarthost) {
    // A message may ask for more than the settings, never for less: the credentials are not its own.
    const least = settings.smarthost.security ?? defaultSecurity;
    const security = message.security ? strictestOf(message.security, least) : least;
    return {kind: 'smarthost', ...settings.smarthost, security};
  }
  return {kind: 'mx', domain: message.recipient.domain, security: message.security ?? defaultSecurity};
}

/** The queue a message waits in, as logs and console call it. */
export const queueOf = (message: Message, settings: Settings): string =>
  message.smarthost || settings.smarthost ? smarthostQueue : message.recipient.domain;

/** The smarthost that a message names for itself, unless it is the settings' own. */
export function foreignSmarthostOf(
  {smarthost: own}: Message,
  {smarthost}: Pick<Settings, 'smarthost'>,
): Relay | undefined {
  return own !== undefined && !(smarthost && isSameServer(own, smarthost)) ? own : undefined;
}

/** What the receiving host is given at a time: of the message's own smarthost, the stage's, or the domain. */
export function capacityOf(message: Message, settings: Pick<Settings, 'smarthost' | 'capacity'>): Capacity {
  const {defaults, queues} = settings.capacity;
  const foreign = foreignSmarthostOf(message, settings);
  if (!message.smarthost && !settings.smarthost) {
    return {...defaultCapacity.domain, ...defaults, ...queues.get(message.recipient.domain)};
  }
  return {
    ...defaultCapacity.smarthost,
    ...queues.get('smarthost'),
    ...(foreign && queues.get(foreign.hosts[0]!)),
  };
}

/** What a message's capacity is shared by: all mail of its queue, or for the same smarthost of its own. */
export function receiverOf(message: Message, settings: Settings): string {
  const foreign = foreignSmarthostOf(message, settings);
  return foreign ? `${smarthostQueue}!${nameOfRelay(foreign)}` : queueOf(message, settings);
}

/**
 * The SQS message group of a message: its queue and, where that has several connections, the lane. A message's
 * own smarthost has groups to itself, so that a slow one holds up nobody else:
 * `(smarthost)!mail.example.net:587#3`. A recipient's messages are always in the same lane, and so in order.
 */
export function messageGroupOf(message: Message, settings: Settings): string {
  const {connections} = capacityOf(message, settings);
  return shortened(
    receiverOf(message, settings),
    connections > 1 ? `#${laneOf(message.recipient.address, connections)}` : '',
  );
}

/** From 1 to the number of lanes. */
const laneOf = (recipient: string, lanes: number): number =>
  (createHash('sha256').update(recipient.toLowerCase()).digest().readUInt32BE() % lanes) + 1;

const isSameServer = (a: Relay, b: Relay): boolean => nameOfRelay(a) === nameOfRelay(b);

/** SQS allows 128 characters in a group ID (SendMessage, MessageGroupId); a domain has up to 253. */
const maxGroupIdLength = 128;

function shortened(name: string, suffix: string): string {
  if (name.length + suffix.length <= maxGroupIdLength) return `${name}${suffix}`;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.slice(0, maxGroupIdLength - suffix.length - hash.length - 1)}~${hash}${suffix}`;
}

/**
 * One for each round of each message: SQS drops a repeated ID for five minutes, even after the first was deleted. What
 * is sent twice in a round is one, and nothing that two bodies say makes them one.
 */
export const deduplicationIdOf = ({tracking}: Message): string =>
  `${identityOf(tracking)}.${tracking.attempts}.${tracking.hops}`;

/** A next hop as logs show it. */
export const nextHopName = (hop: NextHop): string =>
  hop.kind === 'mx' ? `mx:${hop.domain}` : nameOfRelay(hop);

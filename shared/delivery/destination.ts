// Where a message goes, resolved once. Two decisions are kept apart: which queue the message waits in, and where its TCP
// connection goes. A smarthost decides both, a sink only the second.

import {createHash} from 'node:crypto';
import type {Message} from '../message/message.ts';
import {identityOf} from '../message/tracking.ts';
import {type Capacity, capacity as capacityGroup, defaultCapacity} from '../settings/groups/capacity.ts';
import type {Settings} from '../settings/settings.ts';
import {type Security, strictestOf} from '../smtp/security.ts';
import {firstHostIn, nameOfRelay, type Relay} from '../smtp/smarthost.ts';

/** The one queue of all mail that goes to a smarthost. */
export const smarthostQueue = '(smarthost)';

/** Whether a receiver is the smarthost of the settings, so that it has all the mail. */
export const isOfSettingsSmarthost = (receiver: string): boolean => receiver === smarthostQueue;

/** Whether a receiver is a smarthost, be it that of the settings or one that messages name. */
export const isSmarthost = (receiver: string): boolean => receiver.startsWith(smarthostQueue);

export type NextHop =
  | {readonly kind: 'mx'; readonly domain: string; readonly security: Security}
  | (Relay & {readonly kind: 'smarthost' | 'sink'; readonly security: Security});

export interface Destination {
  /** The queue that the message waits in, as logs and console call it: its recipient's domain, or `(smarthost)`. */
  readonly queue: string;
  /** What shares the capacity: all mail of the queue, or all mail for a smarthost that messages themselves name. */
  readonly receiver: string;
  /** What the receiver is given at a time. */
  readonly capacity: Capacity;
  /**
   * The SQS message group: the receiver and, where that takes several connections, the lane. A message's own smarthost
   * has groups to itself, so that a slow one holds up nobody else: `(smarthost)!mail.example.net:587#3`. A recipient's
   * messages are always in the same lane, and so in order.
   */
  readonly group: string;
  /** Where the TCP connection goes. */
  readonly nextHop: NextHop;
  /** Whether the connection goes to a smarthost that the message names and the settings do not know. */
  readonly isForeign: boolean;
}

export function resolveDestination(message: Message, settings: Settings): Destination {
  const {smarthost: own, recipient} = message;
  const {smarthost} = settings;
  const foreign = foreignOf(message, settings);
  const isDomain = own === undefined && smarthost === undefined;
  const queue = isDomain ? recipient.domain : smarthostQueue;
  const receiver = foreign ? `${smarthostQueue}!${nameOfRelay(foreign)}` : queue;
  const capacity = capacityIn(capacityLayersOf(message, settings));
  const nextHop = nextHopOf(message, settings);
  return {
    queue,
    receiver,
    capacity,
    group: groupOf(receiver, recipient.address, capacity.connections),
    nextHop,
    isForeign: foreign !== undefined && nextHop.kind === 'smarthost',
  };
}

/** The smarthost that the message names, where it is not that of the settings. */
const foreignOf = ({smarthost: own}: Message, {smarthost}: Settings): Relay | undefined =>
  own && !(smarthost && nameOfRelay(own) === nameOfRelay(smarthost)) ? own : undefined;

/** What a receiver's capacity is made of: each layer counts over those before it. */
export interface CapacityLayers {
  /** The default. */
  readonly base: Capacity;
  readonly layers: readonly {readonly parameter: string; readonly members: Partial<Capacity>}[];
}

export function capacityLayersOf(message: Message, settings: Settings): CapacityLayers {
  const isDomain = message.smarthost === undefined && settings.smarthost === undefined;
  return isDomain
    ? layersOf('domain', message.recipient.domain, settings)
    : layersOf('smarthost', foreignOf(message, settings)?.hosts[0], settings);
}

function layersOf(
  kind: keyof typeof defaultCapacity,
  name: string | undefined,
  {capacity}: Settings,
): CapacityLayers {
  const {prefix} = capacityGroup;
  const keys = [kind === 'domain' ? 'default' : 'smarthost', ...(name === undefined ? [] : [name])];
  return {
    base: defaultCapacity[kind],
    layers: keys.flatMap(key => {
      const members = capacity.get(key);
      return members === undefined ? [] : [{parameter: `${prefix}${key}`, members}];
    }),
  };
}

const capacityIn = ({base, layers}: CapacityLayers): Capacity =>
  Object.assign({...base}, ...layers.map(({members}) => members));

/** The capacity of a receiver, of which the name alone is known. */
export function capacityOfReceiver(receiver: string, settings: Settings): Capacity {
  if (!isSmarthost(receiver)) return capacityIn(layersOf('domain', receiver, settings));
  const [, relay] = receiver.split('!');
  return capacityIn(layersOf('smarthost', relay && firstHostIn(relay), settings));
}

const defaultSecurity: Security = 'opportunistic';

/** The smarthost's credentials stay behind when a sink is set. */
function nextHopOf(message: Message, settings: Settings): NextHop {
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

const groupOf = (receiver: string, recipient: string, lanes: number): string =>
  shortened(receiver, lanes > 1 ? `#${laneOf(recipient, lanes)}` : '');

/** From 1 to the number of lanes. */
const laneOf = (recipient: string, lanes: number): number =>
  (createHash('sha256').update(recipient.toLowerCase()).digest().readUInt32BE() % lanes) + 1;

/** SQS allows 128 characters in a group ID (SendMessage, MessageGroupId); a domain has up to 253. */
const maxGroupIdLength = 128;

function shortened(name: string, suffix: string): string {
  if (name.length + suffix.length <= maxGroupIdLength) return `${name}${suffix}`;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.slice(0, maxGroupIdLength - suffix.length - hash.length - 1)}~${hash}${suffix}`;
}

/**
 * Each round of each message has its own: SQS drops a repeated ID for five minutes, even after the first was deleted. So
 * a message that is sent twice in a round is one message; and whatever two bodies say, they stay two messages.
 */
export const deduplicationIdOf = ({tracking}: Message): string =>
  `${identityOf(tracking)}.${tracking.attempts}.${tracking.holds}`;

/** A next hop as logs show it. */
export const nextHopName = (hop: NextHop): string =>
  hop.kind === 'mx' ? `mx:${hop.domain}` : nameOfRelay(hop);

// Where a message is put: its queue and receiver, its lane, its delivery queue, and the next hop.

import {type Destination, nextHopName, smarthostQueue} from '../../shared/delivery/destination.ts';
import type {Message} from '../../shared/message/message.ts';
import {namesOf} from '../../shared/names.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Prospect} from './prospect.ts';
import type {Fact, Step} from './step.ts';

export function destinationStep(
  {candidate, entry, placement, forward}: Prospect,
  {
    settings,
    stage,
    isDomain,
  }: {readonly settings: Settings; readonly stage: string; readonly isDomain: boolean},
): Step {
  const {message, destination} = candidate;
  const {queue, receiver, capacity, group, nextHop} = destination;
  const names = namesOf(stage);
  const deliveryQueue =
    placement.kind === 'outside'
      ? undefined
      : placement.queue === 'slow'
        ? names.deliverySlow
        : names.delivery;
  const {connections: lanes} = capacity;
  const facts: Fact[] = [
    {what: 'queue', is: queue, why: queueReason(queue, message)},
    {
      what: 'receiver',
      is: receiver,
      why:
        receiver === queue
          ? 'the queue has the capacity to itself'
          : 'a smarthost that messages name has a capacity of its own',
    },
    isDomain && lanes > 1
      ? {what: 'lane', is: `one of ${lanes}`, why: 'the recipient decides which'}
      : {what: 'lane', is: group, why: lanes > 1 ? `one of ${lanes}, by the recipient` : 'it has but one'},
    deliveryQueue === undefined
      ? {
          what: 'delivery queue',
          is: forward === undefined ? 'none: it waits outside' : `${names.deliverySlow}, as a probe`,
          why: 'its receiver is slow, and has not answered yet',
        }
      : {
          what: 'delivery queue',
          is: deliveryQueue,
          why:
            entry?.slow && deliveryQueue === names.deliverySlow
              ? 'its receiver is slow'
              : 'its receiver is not slow',
        },
    {what: 'next hop', is: nextHopName(nextHop), why: hopReason(destination, message, settings)},
    ...('credentials' in nextHop && nextHop.credentials
      ? [{what: 'login', is: `${nextHop.credentials.username}, ***`}]
      : []),
  ];
  return {
    step: 'destination',
    facts,
    data: {
      queue,
      receiver,
      lane: isDomain && lanes > 1 ? null : group,
      lanes,
      deliveryQueue: deliveryQueue ?? null,
      nextHop: {kind: nextHop.kind, name: nextHopName(nextHop)},
    },
  };
}

function queueReason(queue: string, {smarthost}: Message): string {
  if (queue !== smarthostQueue) return 'there is no smarthost: each domain has a queue';
  return smarthost ? 'the message names a smarthost' : 'the settings have a smarthost';
}

function hopReason({nextHop}: Destination, {smarthost}: Message, settings: Settings): string {
  if (nextHop.kind === 'mx') return 'there is no smarthost and no sink';
  if (nextHop.kind === 'sink') return 'the settings have a sink, which takes the place of every server';
  if (smarthost === undefined) return 'it is the smarthost of the settings';
  return settings.smarthost
    ? 'the message’s smarthost wins over that of the settings'
    : 'the message names it';
}

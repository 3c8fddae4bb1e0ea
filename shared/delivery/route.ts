// What the route function makes of a record: a message that wants to be delivered, or one that is invalid.

import {bodyOf, octetsOf} from '../json.ts';
import {bodyPropertiesOf, type Message, type ParsedMessage} from '../message/message.ts';
import type {Arrival} from '../message/tracking.ts';
import type {Problem} from '../parsed.ts';
import type {Settings} from '../settings/settings.ts';
import {maxBodyOctets} from '../sqs-limits.ts';
import {deduplicationIdOf, resolveDestination} from './destination.ts';
import {maxEntriesOctets} from './entries.ts';
import type {Candidate} from './gate.ts';
import {messageBody} from './next-round.ts';
import {type Invalid, type RecordText, refused} from './outcome.ts';
import {type DeliveryQueue, type Placement, unansweredGroupOf} from './receivers/placement.ts';
import {maxMessageOctets} from './result.ts';

/** @param parsed the message in the record, its text composed */
export function candidateOf(
  parsed: ParsedMessage,
  record: RecordText,
  settings: Settings,
  nowMs: number,
): Candidate | Invalid {
  if (!parsed.ok) return refused(record, parsed, settings, nowMs);
  const {message} = parsed;
  const problems = sizeProblems(message, record);
  if (problems.length > 0) return refused(record, {...message, problems}, settings, nowMs);
  return {message, destination: resolveDestination(message, settings)};
}

/** A record of the delivery queue. */
export interface Forward {
  readonly receiver: string;
  readonly queue: DeliveryQueue;
  readonly body: string;
  readonly groupId: string;
  readonly deduplicationId: string;
}

/** @param groups in how many message groups the mail of unanswered receivers is */
export function forwardOf({message, destination}: Candidate, placement: Placement, groups: number): Forward {
  const isProbe = placement.kind === 'outside';
  return {
    receiver: destination.receiver,
    queue: isProbe ? 'slow' : placement.queue,
    body: messageBody(message),
    groupId: isProbe ? unansweredGroupOf(destination.receiver, groups) : destination.group,
    deduplicationId: deduplicationIdOf(message),
  };
}

/** What the version before had added to mail that waits on the outbox, beside its entries. */
const addedBefore = 1_024;

/** Mail from the outbox must leave room for what is added on its way; mail that has waited has some of that already. */
function sizeProblems(message: Message, {ours}: Arrival): readonly Problem[] {
  const {results, tracking} = message;
  const entries = ours || results.length === 0 ? 0 : octetsOf(bodyOf(results));
  // Its producer knows nothing of the tracking.
  const octets = octetsOf(ours ? messageBody(message) : bodyOf(bodyPropertiesOf(message))) - entries;
  const changed = tracking.changes
    ? ` with what the settings change in it (${tracking.changes.join(', ')})`
    : '';
  const most = ours ? maxBodyOctets : maxMessageOctets + (tracking.origin === undefined ? 0 : addedBefore);
  return [
    octets > most && {
      path: '',
      problem: `takes up ${octets} octets${changed}; at most ${most} fit through the queues`,
    },
    entries > maxEntriesOctets && {
      path: 'results',
      problem: `takes up ${entries} octets of at most ${maxEntriesOctets}`,
    },
  ].filter(problem => problem !== false);
}

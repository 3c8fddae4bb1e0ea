// What the log says of an outcome. Entries have the same names here as in results.

import type {JsonObject} from '../json.ts';
import type {LogLine} from '../log-line.ts';
import type {Mailbox} from '../smtp/address.ts';
import {utcTimeOf} from '../utc-time.ts';
import {shortFields} from './attempt-fields.ts';
import {nextHopName} from './destination.ts';
import type {Candidate} from './gate.ts';
import type {Attempt, Outcome, Told} from './outcome.ts';
import {reasonOf} from './result.ts';
import {loggedProperty} from './result-entry.ts';
import {nextAttemptProperty} from './schedule.ts';
import {stayOf} from './stay.ts';

/**
 * Undefined where the message does what it was told to: it waits until it is due.
 * @param isKnown whether a line before has told a connection
 */
export function outcomeLine(
  outcome: Outcome,
  isKnown: (connection: string) => boolean = () => false,
): LogLine | undefined {
  switch (outcome.fate) {
    case 'held': {
      const {cause, facts} = outcome.stop;
      if (cause === undefined) return undefined;
      const {delaySeconds} = stayOf(outcome.stop, outcome.timeMs);
      const fields = {...aboutOf(outcome), ...facts, delaySeconds};
      return {level: 'info', message: `message held: ${cause}`, fields};
    }
    case 'moved': {
      const fields = {...aboutOf(outcome), to: outcome.queue};
      return {level: 'info', message: 'message moved: its receiver changes queues', fields};
    }
    case 'unreadable': {
      const {id, lane, reason} = outcome;
      const message = 'message held: it goes to the route function, which answers or mends it';
      return {level: 'warn', message, fields: {id, lane, reason}};
    }
    case 'invalid': {
      const {record, refusal} = outcome;
      const id = refusal.tracking?.id ?? record.id;
      const fields = {id, state: 'process', result: 'invalid', class: 'other', reason: reasonOf(refusal)};
      return {level: 'warn', message: 'message invalid', fields};
    }
    default:
      return outcome.attempt ? attemptLine(outcome, outcome.attempt, isKnown) : endLine(outcome);
  }
}

/** An address as the log has it, however producers write it: whoever searches the log knows one spelling. */
export const loggedAddressOf = ({localPart, domain}: Mailbox): string =>
  `${localPart.toLowerCase()}@${domain}`;

const aboutOf = ({message, destination, lane}: Candidate) => ({
  id: message.tracking.id,
  queue: destination.queue,
  ...(lane !== undefined && {lane}),
  domain: message.recipient.domain,
  recipient: loggedAddressOf(message.recipient),
});

function endLine(outcome: Told): LogLine {
  const {state, result, class: bounceClass, description: reason} = outcome.entries.at(-1)!;
  return {
    // What is deferred without an attempt waits for us.
    level: outcome.fate === 'deferred' ? 'error' : 'warn',
    message: `message ${outcome.fate}`,
    fields: {...aboutOf(outcome), state, result, class: bounceClass, reason, ...nextOf(outcome)},
  };
}

const nextOf = ({nextMs}: Told) => nextMs !== undefined && {nextattempt: nextAttemptProperty(nextMs).time};

function attemptLine(
  outcome: Told,
  {entry, durationMs, tried, passed}: Attempt,
  isKnown: (connection: string) => boolean,
): LogLine {
  const {message, destination, fate} = outcome;
  const {attempts, arrivedMs, changes} = message.tracking;
  const {state, result, time: _, ...facts} = loggedProperty(entry);
  const {connection, policyFailure} = entry;
  const isFine = fate === 'accepted' && policyFailure === undefined;
  const fields = {
    ...aboutOf(outcome),
    nextHop: nextHopName(destination.nextHop),
    hop: destination.nextHop.kind,
    fate,
    // Accepted is accepted: each octet of each line is paid for.
    ...(fate !== 'accepted' && {state, result}),
    ...(connection !== undefined && {connection}),
    ...facts,
    durationMs,
    attempt: attempts,
    ...(attempts === 1 && {arrived: utcTimeOf(arrivedMs), ...(changes && {changes})}),
    ...nextOf(outcome),
    ...(tried > 1 && {tried}),
    ...(passed && {passed}),
    ...(message.tags.length > 0 && {tags: message.tags}),
  };
  if (!isFine) return {level: 'warn', message: 'attempt', fields};
  const short = shortFields(fields as JsonObject, connection !== undefined && isKnown(connection));
  return {level: 'info', message: 'attempt', fields: short};
}

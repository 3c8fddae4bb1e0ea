// One batch of the outbox, or of mail that has waited. Each record is decided on its own; then all of them are sent on with
// as few requests as possible.

import type {SQSRecord} from 'aws-lambda';
import {type Candidate, type Gate, openGates} from '../../shared/delivery/gate.ts';
import {type Outcome, stopped} from '../../shared/delivery/outcome.ts';
import {parsePostponed, type ResultCopy} from '../../shared/delivery/postponed-result.ts';
import {candidateOf, type Forward, forwardOf} from '../../shared/delivery/route.ts';
import {namesOf} from '../../shared/names.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {OutcomeWriter} from '../outcome/outcome-writer.ts';
import type {Results} from '../outcome/results.ts';
import type {Environment} from '../runtime/environment.ts';
import {errorText, type Log} from '../runtime/log.ts';
import {arrivalOf, queueNameOf} from '../runtime/record.ts';
import type {Sqs} from '../runtime/sqs.ts';
import {readMessage} from './read-message.ts';

export interface RouteParts {
  readonly gates: readonly Gate[];
  readonly writer: OutcomeWriter;
  readonly sqs: Sqs;
  readonly results: Results;
  readonly environment: Pick<Environment, 'stage' | 'deliveryUrl' | 'formerSenders'>;
  readonly log: Log;
  readonly now: () => number;
}

/** Something that was made of a record. */
interface Of<T> {
  readonly record: SQSRecord;
  readonly value: T;
}

/** @returns the message ids of the records that we failed to deal with: they are to be redelivered */
export async function routeBatch(
  records: readonly SQSRecord[],
  settings: Settings,
  parts: RouteParts,
): Promise<readonly string[]> {
  const {gates, writer, sqs, results, environment, log, now} = parts;
  const failed = new Set<string>();
  const fail = ({messageId: id}: SQSRecord, error: unknown) => {
    failed.add(id);
    log('error', 'message not routed; it will be redelivered', {id, error: errorText(error)});
  };
  const {waiting, outboxOversize} = namesOf(environment.stage);
  const copies: Of<ResultCopy>[] = [];
  const candidates: Of<Candidate>[] = [];
  const outcomes: Of<Outcome>[] = [];
  for (const record of records) {
    const {body} = record;
    const arrival = arrivalOf(record, queueNameOf(record) === waiting);
    const isBelieved = arrival.ours || environment.formerSenders.includes(record.attributes.SenderId);
    const copy = isBelieved ? parsePostponed(body) : undefined;
    if (copy !== undefined) {
      copies.push({record, value: copy});
      continue;
    }
    try {
      const incoming = {...arrival, body, oversizeQueue: outboxOversize};
      const value = candidateOf(await readMessage(body, arrival, settings), incoming, settings, now());
      if ('fate' in value) outcomes.push({record, value});
      else candidates.push({record, value});
    } catch (error) {
      fail(record, error);
    }
  }
  const decide = await openGates(gates, {candidates: candidates.map(({value}) => value), settings, now});
  const forwards: Of<Forward>[] = [];
  for (const {record, value: candidate} of candidates) {
    const stop = decide(candidate, now());
    if (stop === undefined) forwards.push({record, value: forwardOf(candidate)});
    else outcomes.push({record, value: stopped(candidate, stop, settings, now())});
  }
  for (const {value} of outcomes) writer.known(value);
  const send = async <T>(
    those: readonly Of<T>[],
    sendAll: (values: readonly T[]) => Promise<ReadonlyMap<number, string>>,
  ) => {
    const failures = await sendAll(those.map(({value}) => value));
    for (const [index, reason] of failures) fail(those[index]!.record, reason);
  };
  await Promise.all([
    send(copies, values => results.publishCopies(values)),
    send(forwards, values => sqs.sendAll(environment.deliveryUrl, values)),
    send(outcomes, values => writer.write(values)),
  ]);
  return [...failed];
}

// One batch of the outbox, or of mail that has waited. Each record is decided on its own; then all of them are sent on with
// as few requests as possible.

import type {SQSRecord} from 'aws-lambda';
import {type Candidate, type Gate, openGates} from '../../shared/delivery/gate.ts';
import {placementIn} from '../../shared/delivery/gates/receiver.ts';
import {type Outcome, stopped} from '../../shared/delivery/outcome.ts';
import {parsePostponed, type ResultCopy} from '../../shared/delivery/postponed-result.ts';
import {candidateOf, type Forward, forwardOf} from '../../shared/delivery/route.ts';
import {namesOf} from '../../shared/names.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {BatchReport} from '../outcome/batch-report.ts';
import type {OutcomeWriter} from '../outcome/outcome-writer.ts';
import type {Results} from '../outcome/results.ts';
import type {Receivers} from '../receivers/receivers.ts';
import type {Environment} from '../runtime/environment.ts';
import {errorText, type Log} from '../runtime/log.ts';
import {arrivalOf, queueNameOf} from '../runtime/record.ts';
import type {Sqs, Untaken} from '../runtime/sqs.ts';
import {readMessage, type TextSteps} from './read-message.ts';

export interface RouteParts {
  readonly textSteps: TextSteps;
  readonly gates: readonly Gate[];
  readonly receivers: Receivers;
  /** In how many message groups the mail of unanswered receivers is. */
  readonly groups: number;
  readonly writer: OutcomeWriter;
  readonly sqs: Sqs;
  readonly results: Results;
  readonly report: Pick<BatchReport, 'routed'>;
  readonly environment: Pick<Environment, 'stage' | 'deliveryUrl' | 'deliverySlowUrl' | 'formerSenders'>;
  readonly log: Log;
  readonly now: () => number;
}

/** @returns the message ids of the records that we failed to deal with: they are to be redelivered */
export async function routeBatch(
  records: readonly SQSRecord[],
  settings: Settings,
  parts: RouteParts,
): Promise<readonly string[]> {
  const {textSteps, gates, receivers, groups, writer, sqs, results, report, environment, log, now} = parts;
  const {waiting, waitingSoon, outboxOversize} = namesOf(environment.stage);
  const own = [waiting, waitingSoon];
  const failed = new Set<string>();
  const fail = ({messageId: id}: SQSRecord, error: unknown) => {
    failed.add(id);
    log('error', 'message not routed; it will be redelivered', {id, error: errorText(error)});
  };
  const copies: ResultCopy[] = [];
  const candidates: Candidate[] = [];
  const outcomes: Outcome[] = [];
  const forwards: Forward[] = [];
  /** Of everything that is made of a record. */
  const recordOf = new Map<object, SQSRecord>();
  const add = <T extends object>(list: T[], value: T, record: SQSRecord) => {
    list.push(value);
    recordOf.set(value, record);
  };
  for (const record of records) {
    const {body} = record;
    const arrival = arrivalOf(record, own.includes(queueNameOf(record)));
    const isBelieved = arrival.ours || environment.formerSenders.includes(record.attributes.SenderId);
    const copy = isBelieved ? parsePostponed(body) : undefined;
    if (copy !== undefined) {
      add(copies, copy, record);
      continue;
    }
    try {
      const incoming = {...arrival, body, oversizeQueue: outboxOversize};
      const parsed = await readMessage(body, arrival, settings, textSteps);
      const value = candidateOf(parsed, incoming, settings, now());
      if ('fate' in value) add(outcomes, value, record);
      else add(candidates, value, record);
    } catch (error) {
      fail(record, error);
    }
  }
  const decide = await openGates(gates, {candidates, settings, now});
  for (const candidate of candidates) {
    const record = recordOf.get(candidate)!;
    const stop = decide(candidate, now());
    if (stop === undefined)
      add(forwards, forwardOf(candidate, placementIn(candidate, receivers), groups), record);
    else if (stop.kind === 'hold' || stop.kind === 'defer' || stop.kind === 'end')
      add(outcomes, stopped(candidate, stop, settings, now()), record);
  }
  for (const outcome of outcomes) writer.known(outcome);
  const untaken: readonly Untaken<object>[] = await Promise.all([
    results.publishCopies(copies),
    sqs.sendAll(
      environment.deliveryUrl,
      forwards.filter(({queue}) => queue === 'fast'),
    ),
    sqs.sendAll(
      environment.deliverySlowUrl,
      forwards.filter(({queue}) => queue === 'slow'),
    ),
    writer.write(outcomes),
  ]);
  const failures = new Map(untaken.flatMap(each => [...each]));
  for (const [value, reason] of failures) fail(recordOf.get(value)!, reason);
  report.routed(forwards.filter(each => !failures.has(each)).map(({receiver}) => receiver));
  return [...failed];
}

// How fast: relayq's deliver function and its peers send the same messages to the same receiver, in turns.

import {type BenchContext, messagesOfRun} from '../bench-context.ts';
import {DeliveryPatterns} from '../delivery-patterns.ts';
import {deliverSubject} from '../peers/deliver.ts';
import {nodemailerPeer} from '../peers/nodemailer.ts';
import {postfixPeer} from '../peers/postfix.ts';
import {smtpSourcePeer} from '../peers/smtp-source.ts';
import type {RunFigures, Subject} from '../peers/subject.ts';
import {type Line, lineName, linesOf} from '../receivers/line.ts';
import {arrived, type Place} from '../receivers/place.ts';
import {rotated} from '../statistics.ts';
import {rowOf, type SpeedRow} from './speed-row.ts';

export interface SpeedScenario extends Line {
  readonly roundTripMs: number;
  readonly connections: number;
  readonly receiver: string;
  readonly rows: readonly SpeedRow[];
}

const mostFailures = 2;

export async function measureSpeed(context: BenchContext): Promise<readonly SpeedScenario[]> {
  const {options, progress} = context;
  const most = Math.max(...options.connections);
  const patterns = await DeliveryPatterns.start(context, most);
  const lines = linesOf(options);
  const subjects: Subject[] = [];
  try {
    await startSubjects(subjects, patterns, context);
    for (const line of lines.filter(needsWarmUp)) await warmUp(subjects, line, most, context);
    const scenarios: SpeedScenario[] = [];
    for (const line of lines) {
      for (const roundTripMs of options.roundTripsMs) {
        const place = await context.places.at(line, roundTripMs);
        for (const connections of connectionsOn(line, options.connections))
          scenarios.push(await measureScenario(subjects, place, connections, context));
      }
    }
    return scenarios;
  } finally {
    progress('speed: stopping');
    for (const subject of subjects) await subject.close();
    await patterns.close();
  }
}

/** What Postfix and TLS change is seen with many connections. */
const connectionsOn = ({kind, security}: Line, connections: readonly number[]): readonly number[] =>
  kind === 'postfix' || security === 'starttls' ? [Math.max(...connections)] : connections;

async function startSubjects(
  subjects: Subject[],
  patterns: DeliveryPatterns,
  context: BenchContext,
): Promise<void> {
  const {options, directory, reaper} = context;
  const {peers} = options;
  const relayq = {site: context, patterns, sqsLatencyMs: options.sqsLatencyMs};
  subjects.push(await deliverSubject({...relayq, environments: 'many'}));
  subjects.push(await deliverSubject({...relayq, environments: 'one'}));
  if (peers.has('pool')) subjects.push(nodemailerPeer('pool'));
  if (peers.has('connection')) subjects.push(nodemailerPeer('connection'));
  const installed = [
    peers.has('postfix') ? await postfixPeer(directory, reaper) : undefined,
    peers.has('smtp-source') ? await smtpSourcePeer(directory) : undefined,
  ];
  subjects.push(...installed.filter(subject => subject !== undefined));
}

/** Whether code is run on it that is not run on the lines before. */
const needsWarmUp = (line: Line, index: number, lines: readonly Line[]): boolean =>
  lines.findIndex(({transfer, security}) => transfer === line.transfer && security === line.security) ===
  index;

/** After some thousand messages nodemailer is still compiling, and so is relayq. */
async function warmUp(
  subjects: readonly Subject[],
  line: Line,
  connections: number,
  {options, places, progress}: BenchContext,
): Promise<void> {
  // After the first line only what differs is new.
  const [first] = linesOf(options);
  const isFirst = first?.transfer === line.transfer && first.security === line.security;
  const messages = isFirst ? options.warmUp : Math.ceil(options.warmUp / 4);
  const place = await places.at(line, 0);
  for (const subject of subjects) {
    if (subject.unfit(place, connections) !== undefined || messages === 0) continue;
    progress(`speed: ${subject.name} warms up, ${lineName(line)}`);
    await subject.warmUp(place, connections, messages);
  }
}

async function measureScenario(
  all: readonly Subject[],
  place: Place,
  connections: number,
  {options, progress}: BenchContext,
): Promise<SpeedScenario> {
  const {line, roundTripMs, receiver} = place;
  const subjects = all.filter(subject => subject.unfit(place, connections) === undefined);
  const runs = new Map<Subject, RunFigures[]>(subjects.map(subject => [subject, []]));
  const failures = new Map<Subject, number>();
  const title = `speed: ${lineName(line)}, ${receiver.name}, ${roundTripMs} ms, ${connections} connections`;
  const measured = (subject: Subject, messages: number) =>
    measureRun(subject, place, {connections, messages}, error => {
      failures.set(subject, (failures.get(subject) ?? 0) + 1);
      progress(`${title}, again: ${error.message}`);
    });
  const counts = new Map<Subject, number>();
  // Also opens the connections.
  for (const subject of subjects) {
    const count = await messagesOfRun(options.size, connections, async messages => {
      const {elapsedMs} = await measured(subject, messages);
      return elapsedMs;
    });
    counts.set(subject, count);
  }
  for (let run = 0; run < options.runs; run++) {
    for (const subject of rotated(subjects, run)) {
      progress(`${title}, run ${run + 1} of ${options.runs}: ${subject.name}`);
      runs.get(subject)!.push(await measured(subject, counts.get(subject)!));
    }
  }
  const ours = runs.get(subjects[0]!)!;
  const rows = [...runs].map(([subject, theirs]) => ({
    ...rowOf(subject.name, theirs, ours),
    failedRuns: failures.get(subject) ?? 0,
  }));
  return {...line, roundTripMs, connections, receiver: receiver.name, rows};
}

/** A run that fails is repeated, so that it does not cost the results of all others. */
async function measureRun(
  subject: Subject,
  place: Place,
  {connections, messages}: {readonly connections: number; readonly messages: number},
  onFailure: (error: Error) => void,
): Promise<RunFigures> {
  for (let failures = 0; ; failures++) {
    try {
      const before = await place.receiver.count();
      const figures = await subject.run(place, connections, messages);
      await arrived(place, before, messages, subject);
      return figures;
    } catch (error) {
      if (failures === mostFailures) throw error;
      onFailure(error as Error);
    }
  }
}

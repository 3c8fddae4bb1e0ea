// How fast: relayq's deliver function and its peers send the same messages to the same receiver, in turns.

import {type BenchContext, messagesPerConnection, wholeBatches} from '../bench-context.ts';
import type {LinkSecurity} from '../bench-options.ts';
import {DeliveryPatterns} from '../delivery-patterns.ts';
import {deliverSubject} from '../peers/deliver.ts';
import {nodemailerPeer} from '../peers/nodemailer.ts';
import {postfixPeer} from '../peers/postfix.ts';
import {smtpSourcePeer} from '../peers/smtp-source.ts';
import type {RunFigures, Subject} from '../peers/subject.ts';
import {arrived, type Place} from '../receivers/place.ts';
import {median, ratioOf, rotated} from '../statistics.ts';

export interface SpeedScenario {
  readonly security: LinkSecurity;
  readonly roundTripMs: number;
  readonly connections: number;
  readonly receiver: string;
  readonly rows: readonly SpeedRow[];
}

export interface SpeedRow {
  readonly subject: string;
  /** The messages of one run. */
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly cpuSecondsPerThousand: number;
  readonly peakMB: number;
  readonly billedMsPerBatch?: number;
  /** How many times as fast relayq is, and what share of the CPU time it needs, by neighbouring runs. */
  readonly relayqSpeed: number;
  readonly relayqCpu: number;
  /** How many runs were repeated because mail did not arrive. */
  readonly failedRuns: number;
  readonly runs: readonly RunFigures[];
}

const mostFailures = 2;

export async function measureSpeed(context: BenchContext): Promise<readonly SpeedScenario[]> {
  const {options, progress} = context;
  const most = Math.max(...options.connections);
  const patterns = await DeliveryPatterns.start(context, most);
  const subjects: Subject[] = [];
  try {
    await startSubjects(subjects, patterns, context);
    for (const security of options.securities) await warmUp(subjects, security, most, context);
    const scenarios: SpeedScenario[] = [];
    for (const security of options.securities) {
      for (const roundTripMs of options.roundTripsMs) {
        for (const connections of options.connections) {
          const place = await context.places.at(security, roundTripMs);
          scenarios.push(await measureScenario(subjects, place, connections, context));
        }
      }
    }
    return scenarios;
  } finally {
    progress('speed: stopping');
    for (const subject of subjects) await subject.close();
    await patterns.close();
  }
}

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

/** After 5,000 messages nodemailer is still compiling, and so is relayq. */
async function warmUp(
  subjects: readonly Subject[],
  security: LinkSecurity,
  connections: number,
  {options, places, progress}: BenchContext,
): Promise<void> {
  // The second time only TLS is new.
  const messages = security === options.securities[0] ? options.warmUp : Math.ceil(options.warmUp / 4);
  const place = await places.at(security, 0);
  for (const subject of subjects) {
    if (subject.unfit(place, connections) !== undefined || messages === 0) continue;
    progress(`speed: ${subject.name} warms up, ${security}`);
    await subject.warmUp(place, connections, messages);
  }
}

async function measureScenario(
  all: readonly Subject[],
  place: Place,
  connections: number,
  {options, progress}: BenchContext,
): Promise<SpeedScenario> {
  const {security, roundTripMs} = place;
  const subjects = all.filter(subject => subject.unfit(place, connections) === undefined);
  const usual =
    roundTripMs === 0
      ? wholeBatches(options.size)
      : connections * messagesPerConnection(options.size, roundTripMs);
  const runs = new Map<Subject, RunFigures[]>(subjects.map(subject => [subject, []]));
  const failures = new Map<Subject, number>();
  const title = `speed: ${security}, ${roundTripMs} ms, ${connections} connections`;
  // The first run opens the connections and is not counted.
  for (let run = -1; run < options.runs; run++) {
    for (const subject of rotated(subjects, run + 1)) {
      const wanted = run < 0 ? 10 * connections : usual;
      const messages = Math.min(wanted, subject.mostMessages ?? wanted);
      if (run >= 0) progress(`${title}, run ${run + 1} of ${options.runs}: ${subject.name}`);
      const figures = await measureRun(subject, place, {connections, messages}, error => {
        failures.set(subject, (failures.get(subject) ?? 0) + 1);
        progress(`${title}, again: ${error.message}`);
      });
      if (run >= 0) runs.get(subject)!.push(figures);
    }
  }
  const ours = runs.get(subjects[0]!)!;
  const rows = [...runs].map(([subject, theirs]) => ({
    ...rowOf(subject.name, theirs, ours),
    failedRuns: failures.get(subject) ?? 0,
  }));
  return {security, roundTripMs, connections, receiver: place.receiver.name, rows};
}

/** A run that fails is repeated once, so that it does not cost the results of all others. */
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

const speedOf = ({messages, elapsedMs}: RunFigures): number => (1000 * messages) / elapsedMs;
const cpuOf = ({messages, cpuSeconds}: RunFigures): number => (1000 * cpuSeconds) / messages;

function rowOf(
  subject: string,
  runs: readonly RunFigures[],
  ours: readonly RunFigures[],
): Omit<SpeedRow, 'failedRuns'> {
  const billed = runs.flatMap(({billedMs, invocations}) =>
    billedMs === undefined || invocations === undefined ? [] : [billedMs / invocations],
  );
  return {
    subject,
    messages: runs[0]!.messages,
    messagesPerSecond: median(runs.map(speedOf)),
    cpuSecondsPerThousand: median(runs.map(cpuOf)),
    peakMB: Math.max(...runs.map(({peakMB}) => peakMB)),
    ...(billed.length > 0 && {billedMsPerBatch: median(billed)}),
    relayqSpeed: ratioOf(ours.map(speedOf), runs.map(speedOf)),
    relayqCpu: ratioOf(ours.map(cpuOf), runs.map(cpuOf)),
    runs,
  };
}

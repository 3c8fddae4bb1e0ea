// relayq's deliver function, as Lambda runs it. SQS hands one message group to one invocation at a time, and fills a
// batch from one group as long as it has enough messages: so ten connections are ten environments with a group each.
// Short groups share a batch: then one environment has all ten connections.

import {type DeliveryPatterns, names} from '../delivery-patterns.ts';
import {type FeedFigures, FunctionRig, type NextEvent, type Site} from '../function-rig.ts';
import {mimeOf, tenKB} from '../mail.ts';
import type {Place} from '../receivers/place.ts';
import {EventMaker, type RecordPattern} from '../sqs-events.ts';
import type {RunFigures, Subject} from './subject.ts';

/** The largest of FIFO queues (Lambda, CreateEventSourceMapping, BatchSize), and what the stack asks for. */
export const batchSize = 10;

export interface DeliverSubject extends Subject {
  readonly memoryMB: number;
  /** All figures of the last run. */
  readonly last: FeedFigures | undefined;
}

export interface DeliverOptions {
  readonly site: Site;
  readonly patterns: DeliveryPatterns;
  /** Whether each connection has an environment of its own, or all share one. */
  readonly environments: 'many' | 'one';
  readonly octets?: number;
  readonly sqsLatencyMs?: number;
  readonly deferEvery?: number;
  /** Parameters by their names below the stage's path. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Each message goes to the MX of a domain of its own. */
  readonly isDirect?: boolean;
}

export async function deliverSubject(options: DeliverOptions): Promise<DeliverSubject> {
  const {site, patterns, environments, octets = tenKB, sqsLatencyMs = 0, deferEvery} = options;
  const settings = Object.fromEntries(
    Object.entries(options.settings ?? {}).map(([name, value]) => [`${names.parameterPath}${name}`, value]),
  );
  const rig = await FunctionRig.start({site, functionName: names.deliver, sqsLatencyMs, settings});
  const mime = mimeOf(octets);
  const events = new EventMaker();
  let last: FeedFigures | undefined;

  /** Events of up to ten messages in the order of these patterns. */
  const feeder = (groups: readonly RecordPattern[], messages: number): NextEvent => {
    let left = messages;
    return () => {
      if (left === 0) return undefined;
      const size = Math.min(left, batchSize);
      left -= size;
      return {
        payload: events.event(groups, size, {...(deferEvery !== undefined && {deferEvery})}),
        messages: size,
      };
    };
  };
  const send = async (place: Place, connections: number, messages: number): Promise<FeedFigures> => {
    const groups = options.isDirect
      ? [(await patterns.lonerOf(mime)).pattern]
      : (await patterns.of(mime, place)).slice(0, connections);
    const feeders =
      environments === 'one'
        ? [feeder(groups, messages)]
        : groups.map((group, index) =>
            feeder([group], Math.floor(messages / connections) + (index < messages % connections ? 1 : 0)),
          );
    last = await rig.feed(feeders);
    return last;
  };

  return {
    name: environments === 'many' ? 'relayq' : 'relayq, one environment',
    memoryMB: rig.definition.memoryMB,
    get last() {
      return last;
    },
    unfit: ({line: {kind, security}}, connections) =>
      environments === 'one' && (connections === 1 || kind === 'postfix' || security === 'starttls')
        ? 'the same as relayq, or measured where the receiver is fast'
        : undefined,
    async warmUp(place, connections, messages) {
      // Each environment is a process that must compile its code.
      await send(place, connections, environments === 'many' ? messages * connections : messages);
    },
    async run(place, connections, messages): Promise<RunFigures> {
      const {elapsedMs, cpuSeconds, peakMB, billedMs, invocations} = await send(place, connections, messages);
      const gbSeconds = (billedMs / 1000) * (rig.definition.memoryMB / 1024);
      return {messages, elapsedMs, cpuSeconds, peakMB, billedMs, invocations, gbSeconds};
    },
    complaints: () => rig.complaints,
    close: () => rig.close(),
  };
}

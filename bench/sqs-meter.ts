// Counts the calls of SQS that a function makes, and what AWS would bill for them. Pure.

/** "Every 64 KB chunk of a payload is billed as 1 request" (Amazon SQS pricing). */
const chunkOctets = 65_536;

export const billedRequestsOf = (payloadOctets: number): number =>
  Math.max(1, Math.ceil(payloadOctets / chunkOctets));

export interface Call {
  readonly operation: string;
  /** Its name. */
  readonly queue: string;
  readonly calls: number;
  /** How many messages were sent, deleted or hidden. */
  readonly entries: number;
  readonly billedRequests: number;
}

interface Entry {
  readonly MessageBody?: unknown;
}

export class SqsMeter {
  readonly #calls = new Map<string, Call>();

  count(operation: string, input: Readonly<Record<string, unknown>>): void {
    const queue = queueNameOf(input);
    const key = `${operation} ${queue}`;
    const counted = this.#calls.get(key) ?? {operation, queue, calls: 0, entries: 0, billedRequests: 0};
    const entries = entriesOf(input);
    const octets = entries.reduce((sum, {MessageBody: body}) => sum + octetsOf(body), 0);
    this.#calls.set(key, {
      ...counted,
      calls: counted.calls + 1,
      entries: counted.entries + entries.length,
      billedRequests: counted.billedRequests + billedRequestsOf(octets),
    });
  }

  /** The calls since the last time. */
  take(): readonly Call[] {
    const calls = [...this.#calls.values()].sort(
      (a, b) => a.queue.localeCompare(b.queue) || a.operation.localeCompare(b.operation),
    );
    this.#calls.clear();
    return calls;
  }
}

export const queueNameOf = ({QueueUrl: url, QueueName: name}: Readonly<Record<string, unknown>>): string =>
  typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : String(name ?? '');

/** The entries of a batch; any other call has one. */
export const entriesOf = (input: Readonly<Record<string, unknown>>): readonly Entry[] =>
  Array.isArray(input.Entries) ? (input.Entries as Entry[]) : [input];

const octetsOf = (body: unknown): number => (typeof body === 'string' ? Buffer.byteLength(body) : 0);

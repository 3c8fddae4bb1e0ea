// What a function's log says about it: Lambda's reports, and how many octets the other lines would be billed as. Pure.

/** "Each log event is 26 bytes more than its message" (PutLogEvents: how the size of a batch is calculated). */
const octetsPerEvent = 26;

export interface LogFigures {
  readonly invocations: number;
  readonly billedMs: number;
  readonly peakMB: number;
  readonly logEvents: number;
  readonly logOctets: number;
}

interface Report {
  readonly type?: string;
  readonly record?: {
    readonly metrics?: {readonly billedDurationMs: number; readonly maxMemoryUsedMB?: number};
  };
}

/** Adds up the lines of all environments of one function. */
export class FunctionLog {
  #invocations = 0;
  #billedMs = 0;
  #peakMB = 0;
  #events = 0;
  #octets = 0;
  readonly #complaints: string[] = [];

  /** The function's latest warnings and errors, to be shown when something went wrong. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  add(line: string): void {
    const report = platformEventOf(line);
    if (report === undefined) {
      this.#events += 1;
      this.#octets += Buffer.byteLength(line) + octetsPerEvent;
      if (!/"level":"(info|debug|trace)"/i.test(line)) this.#complaints.push(line);
      if (this.#complaints.length > 5) this.#complaints.shift();
      return;
    }
    // The stack switches these off (SystemLogLevel WARN). They are read here, and not counted as log octets.
    const metrics = report.type === 'platform.report' ? report.record?.metrics : undefined;
    if (metrics === undefined) return;
    this.#invocations += 1;
    this.#billedMs += metrics.billedDurationMs;
    this.#peakMB = Math.max(this.#peakMB, metrics.maxMemoryUsedMB ?? Number.NaN);
  }

  /** The figures since the last call; the peak is the one since the start, as Lambda's is. */
  take(): LogFigures {
    const figures = {
      invocations: this.#invocations,
      billedMs: this.#billedMs,
      peakMB: this.#peakMB,
      logEvents: this.#events,
      logOctets: this.#octets,
    };
    this.#invocations = 0;
    this.#billedMs = 0;
    this.#events = 0;
    this.#octets = 0;
    return figures;
  }
}

function platformEventOf(line: string): Report | undefined {
  if (!line.startsWith('{"time":') || !line.includes('"type":"platform.')) return undefined;
  return JSON.parse(line) as Report;
}

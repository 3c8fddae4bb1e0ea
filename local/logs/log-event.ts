// One event of a log, and the stream that it is of.

export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
  readonly stream: string;
}

export interface NumberedEvent extends LogEvent {
  /** Its place among all events that the group has ever had. */
  readonly number: number;
}

export interface LogStream {
  readonly name: string;
  readonly firstEventTimestamp: number;
  lastEventTimestamp: number;
  /** How many events are still kept. Without any, the stream is gone. */
  events: number;
}

/** "…the sum of all event messages in UTF-8, plus 26 bytes for each log event" (PutLogEvents). */
export const eventOverheadOctets = 26;

export const eventOctets = ({message}: LogEvent): number => Buffer.byteLength(message) + eventOverheadOctets;

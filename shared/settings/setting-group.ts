// A group of parameters that are one decision: how it is read, and what counts in its place while it cannot be.

import type {ParameterReader} from './parameter-reader.ts';

export interface SettingGroup<T> {
  readonly names: readonly string[];
  /** Its value, which is the default without any of the parameters; what is wrong is left with the reader. */
  readonly read: (reader: ParameterReader) => T;
  /** What counts while it is invalid and has never been valid, where that is not the default. */
  readonly fallback?: T;
  /** Whether the value may be half of what somebody is writing, so that it counts only when it is some time old. */
  readonly settles?: (value: T, last: {readonly value: T} | undefined, reader: ParameterReader) => boolean;
  /** What may be known of a value that settles: enough to name queues by, not enough to connect with. */
  readonly unsettled?: (value: T) => T;
}

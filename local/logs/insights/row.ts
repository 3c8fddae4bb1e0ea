// One row of a query: a log event with its fields, or what statistics made of many.

import type {NumberedEvent} from '../log-event.ts';
import {discoveredFieldsOf} from './discovered-fields.ts';
import type {Value} from './value.ts';

export interface Origin {
  readonly event: NumberedEvent;
  /** `<account>:<name of the log group>` */
  readonly log: string;
}

export class Row {
  readonly #origin: Origin | undefined;
  /** What the query's commands have made: aliases, parsed fields, statistics. */
  readonly #made = new Map<string, Value>();
  /** Found when the first of them is asked for. */
  #discovered: ReadonlyMap<string, Value> | undefined;

  constructor(origin?: Origin) {
    this.#origin = origin;
  }

  set(name: string, value: Value | undefined): void {
    if (value === undefined) this.#made.delete(name);
    else this.#made.set(name, value);
  }

  get(name: string): Value | undefined {
    const made = this.#made.get(name);
    if (made !== undefined || this.#origin === undefined) return made;
    return systemField(name, this.#origin) ?? this.#discoveredField(name, this.#origin);
  }

  #discoveredField(name: string, {event}: Origin): Value | undefined {
    this.#discovered ??= discoveredFieldsOf(event.message);
    return this.#discovered.get(name);
  }
}

function systemField(name: string, {event, log}: Origin): Value | undefined {
  switch (name) {
    case '@timestamp':
    case '@ingestionTime':
      return new Date(event.timestamp);
    case '@message':
      return event.message;
    case '@logStream':
      return event.stream;
    case '@log':
      return log;
    case '@ptr':
      return Buffer.from(`${log}/${event.number}`).toString('base64');
    default:
      return undefined;
  }
}

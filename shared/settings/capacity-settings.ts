// The parameters below `capacity/`, one a queue: each is a matter of its own.

import {parseHost} from '../smtp/address.ts';
import {type Capacity, parseCapacity} from './capacity.ts';
import {capacityPath, type ParameterReader} from './parameter-reader.ts';

export interface CapacitySettings {
  /** For every domain: `capacity/default`. */
  readonly defaults: Partial<Capacity>;
  /** By recipient domain, `smarthost`, or the host name of a message's own smarthost. */
  readonly queues: ReadonlyMap<string, Partial<Capacity>>;
}

const noQueue = 'must end in default, smarthost, or the name of a domain or host';

function queueOf(name: string): string | undefined {
  const host = parseHost(name.slice(capacityPath.length));
  return host.ok ? host.value : undefined;
}

/**
 * One that is invalid keeps its last good value, or counts as absent. SSM allows no parentheses in a name, so the
 * queue `(smarthost)` is `capacity/smarthost`.
 */
export function readCapacity(reader: ParameterReader, last: CapacitySettings | undefined): CapacitySettings {
  const queues = new Map<string, Partial<Capacity>>();
  for (const name of reader.below(capacityPath)) {
    const queue = queueOf(name);
    if (queue === undefined || queues.has(queue)) {
      reader.wrong(
        name,
        queue === undefined ? noQueue : 'is there again, in another case: remove one of them',
      );
      continue;
    }
    const capacity = reader.parsed(name, parseCapacity) ?? last?.queues.get(queue);
    if (capacity !== undefined) queues.set(queue, capacity);
  }
  return {defaults: queues.get('default') ?? {}, queues};
}

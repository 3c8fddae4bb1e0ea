// Receivers in trouble, in a table that all environments of a test share.

import type {ReceiverTable, Stored} from '../../functions/receivers/receiver-table.ts';
import {Receivers} from '../../functions/receivers/receivers.ts';
import type {Log} from '../../functions/runtime/log.ts';
import type {Entry} from '../../shared/delivery/receivers/entry.ts';

export class SharedReceivers implements Pick<ReceiverTable, 'all' | 'replace'> {
  readonly entries = new Map<string, Stored>();
  /** How often it was read and written, those writes included that did not count. */
  reads = 0;
  writes = 0;
  isDown = false;

  async all() {
    this.reads += 1;
    if (this.isDown) throw new Error('the table is down');
    return new Map(this.entries);
  }

  async replace(receiver: string, before: Stored | undefined, entry: Entry | undefined) {
    this.writes += 1;
    if (this.isDown) throw new Error('the table is down');
    const current = this.entries.get(receiver);
    if ((current?.version ?? 0) !== (before?.version ?? 0)) return {done: false, stored: current};
    const stored = entry && {version: (before?.version ?? 0) + 1, entry};
    if (stored === undefined) this.entries.delete(receiver);
    else this.entries.set(receiver, stored);
    return {done: true, stored};
  }
}

interface Parts {
  readonly table?: SharedReceivers;
  readonly now?: () => number;
  readonly log?: Log;
}

export const receiversOf = ({table = new SharedReceivers(), now = Date.now, log = () => {}}: Parts = {}) =>
  new Receivers({table, now, log, groups: 5});

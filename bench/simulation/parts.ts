// What the functions of a pipeline work with.

import type {Settings} from '../../shared/settings/settings.ts';
import type {Clock} from './clock.ts';
import type {Dice} from './dice.ts';
import type {Fates} from './fates.ts';
import type {FifoQueue} from './fifo-queue.ts';
import type {Meter} from './meter.ts';
import type {Server} from './servers.ts';
import type {SlotsTable, TroubleTable} from './state-tables.ts';
import type {Stays} from './stays.ts';

export interface Parts {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly dice: Dice;
  readonly settings: Settings;
  readonly fates: Fates;
  /** Attempts, by receiver. */
  readonly trials: Map<string, number>;
  readonly serverOf: (receiver: string) => Server;
  /** In how many message groups the mail of unanswered receivers is. */
  readonly groups: number;
  readonly queues: Readonly<Record<'fast' | 'slow', FifoQueue>>;
  readonly tables: {readonly receivers: TroubleTable; readonly slots: SlotsTable};
  /** For a batch. */
  stays(): Stays;
}

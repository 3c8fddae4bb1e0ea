// The pipeline: queues, event sources, functions and tables, on a clock of its own.

import {unansweredGroups} from '../../shared/delivery/receivers/treatment.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {Clock} from './clock.ts';
import {deliver, deliverState} from './deliver.ts';
import {diceOf} from './dice.ts';
import {Environments} from './environments.ts';
import {EventSource} from './event-source.ts';
import {Fates} from './fates.ts';
import {FifoQueue, type FifoRecord} from './fifo-queue.ts';
import {type Mail, MailMaker, settingsOf} from './mail.ts';
import {Meter} from './meter.ts';
import type {Parts} from './parts.ts';
import {route, routeState} from './route.ts';
import type {Server} from './servers.ts';
import {StandardQueue} from './standard-queue.ts';
import {SlotsTable, TroubleTable} from './state-tables.ts';
import {Stays} from './stays.ts';

export interface PipelineOptions {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly deliverConcurrency?: number;
  readonly serverOf: (receiver: string) => Server;
  /** The class that a receiver's delays are told of. */
  readonly classOf: (receiver: string) => string;
}

const routeConcurrency = 10;
/** How long mail that has waited is collected. */
const windowMs = 20_000;

export class Pipeline implements Parts {
  readonly clock = new Clock();
  readonly meter = new Meter();
  readonly dice = diceOf(1);
  readonly settings: Settings;
  readonly maker: MailMaker;
  readonly fates: Fates;
  /** Attempts, by receiver. */
  readonly trials = new Map<string, number>();
  readonly serverOf: (receiver: string) => Server;
  readonly groups: number;
  readonly outbox = new StandardQueue(this.clock, this.meter);
  readonly waiting = {
    waiting: new StandardQueue(this.clock, this.meter),
    waitingSoon: new StandardQueue(this.clock, this.meter),
  };
  readonly queues = {
    fast: new FifoQueue('delivery.fifo', this.clock, this.meter),
    slow: new FifoQueue('delivery-slow.fifo', this.clock, this.meter),
  };
  readonly tables = {receivers: new TroubleTable(this), slots: new SlotsTable(this)};
  readonly sources: Readonly<Record<'fast' | 'slow', EventSource<FifoRecord>>>;

  constructor({parameters = {}, deliverConcurrency = 50, serverOf, classOf}: PipelineOptions) {
    const {clock, meter} = this;
    this.settings = settingsOf(parameters);
    this.maker = new MailMaker(this.settings);
    this.fates = new Fates(clock, classOf);
    this.serverOf = serverOf;
    const slowConcurrency = Math.max(Math.floor(deliverConcurrency / 5), 2);
    this.groups = unansweredGroups(slowConcurrency);
    const routes = new Environments({clock, meter, start: () => routeState(this)});
    const sourceOf = (queue: StandardQueue, receive: () => Promise<Mail[]>) =>
      new EventSource<Mail>({
        clock,
        most: routeConcurrency,
        receive,
        handle: async batch => {
          await routes.invoke(state => route(batch, state, this));
          queue.delete(batch.length);
        },
      });
    const {waiting, waitingSoon} = this.waiting;
    sourceOf(this.outbox, () => this.outbox.receive(10));
    sourceOf(waitingSoon, () => waitingSoon.receive(10));
    sourceOf(waiting, () => this.#collect(waiting));
    const delivers = new Environments({clock, meter, start: () => deliverState(this)});
    const deliverySourceOf = (name: 'fast' | 'slow', most: number) =>
      new EventSource<FifoRecord>({
        clock,
        most,
        receive: () => this.queues[name].receive(10),
        handle: batch => delivers.invoke(state => deliver(name, batch, state, this)),
      });
    this.sources = {
      fast: deliverySourceOf('fast', deliverConcurrency),
      slow: deliverySourceOf('slow', slowConcurrency),
    };
  }

  stays(): Stays {
    const {waiting: queues, settings, clock, meter} = this;
    return new Stays({queues, settings, clock, meter});
  }

  /** A full batch, or what comes within the batching window. */
  async #collect(queue: StandardQueue): Promise<Mail[]> {
    const {clock} = this;
    const batch = await queue.receive(10);
    const endMs = clock.nowMs + windowMs;
    while (batch.length > 0 && batch.length < 10 && clock.nowMs < endMs)
      batch.push(...(await queue.receive(10 - batch.length, endMs - clock.nowMs)));
    return batch;
  }
}

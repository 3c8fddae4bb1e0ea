// The messages of one lane in a batch, in order: each begins when it has the turn. Once one of them stays in the queue,
// so do those behind it.

import type {SQSRecord} from 'aws-lambda';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import type {Settler} from '../outcome/settler.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {Visibility} from '../runtime/visibility.ts';
import {deliverMessage, type MessageParts, type Rules, type Unsettled} from './deliver-message.ts';
import type {Hiding} from './hiding.ts';
import {Lane} from './lane.ts';
import {LanePace} from './lane-pace.ts';
import type {Connections} from './pace/connections.ts';
import {groupOf, type Item, isDeliverable, messageIdOf} from './read-record.ts';
import type {Turn} from './smtp/turns.ts';

export interface Time {
  /** How much time the invocation had at its start. */
  readonly totalMs: number;
  readonly deadlineMs: number;
  /** After this nothing begins, and no text is sent. */
  readonly lastTextMs: number;
  readonly mayBegin: () => boolean;
}

export interface LaneDeliveryParts extends MessageParts {
  readonly settler: Settler;
  readonly connections: Connections;
  readonly visibility: Visibility;
  readonly hiding: Hiding;
  readonly log: Log;
}

export class LaneDelivery {
  readonly #items: readonly Item[];
  readonly #rules: Rules;
  readonly #time: Time;
  readonly #parts: LaneDeliveryParts;
  readonly #lane: Lane;
  readonly #pace: LanePace;
  readonly #settled = new Set<Item>();
  /** The first message that stays in the queue though nothing has failed. */
  #unsettled: Unsettled | undefined;
  #hasFailed = false;
  #begun = 0;

  constructor(items: readonly Item[], rules: Rules, time: Time, parts: LaneDeliveryParts) {
    this.#items = items;
    this.#rules = rules;
    this.#time = time;
    this.#parts = parts;
    const [first] = items.map(({content}) => content).filter(isDeliverable);
    this.#lane = new Lane(parts.connections, first?.destination.receiver);
    this.#pace = new LanePace(first, parts);
  }

  /** @returns the records that are to be redelivered: those that could not be settled, are hidden, or were not begun */
  async run(): Promise<readonly SQSRecord[]> {
    await this.#deliverAll();
    this.#pace.report();
    const {visibility, hiding} = this.#parts;
    const unsettled = this.#unsettled;
    const hidden = unsettled?.kind === 'hidden' && !this.#hasFailed ? unsettled : undefined;
    // Those whose time is over need not wait for their receiver.
    if (hidden)
      for (const [item, outcome] of await hiding.outcomesOf(this.#left, hidden, this.#rules))
        await this.#attend(item, async () => outcome);
    const left = this.#left;
    const records = left.map(({record}) => record);
    if (left.length === 0) return [];
    if (this.#hasFailed) await visibility.backOff(records, this.#time.totalMs);
    else if (hidden) await hiding.hide(left, hidden, this.#rules.settings);
    else await visibility.release(records, 0);
    return records;
  }

  get #left(): readonly Item[] {
    return this.#items.filter(item => !this.#settled.has(item));
  }

  async #deliverAll(): Promise<void> {
    const tasks: Promise<void>[] = [];
    for (const item of this.#items) {
      const turn = await this.#lane.nextTurn();
      if (this.#hasFailed || this.#unsettled !== undefined || !this.#time.mayBegin()) {
        turn.pass();
        this.#parts.settler.expectFewer(this.#items.length - tasks.length);
        break;
      }
      tasks.push(this.#attend(item, () => this.#outcomeOf(item, turn), turn));
    }
    await Promise.all(tasks);
    await this.#lane.close();
  }

  async #outcomeOf({content}: Item, turn: Turn): Promise<Outcome | Unsettled> {
    if (content instanceof Error) throw content;
    if ('fate' in content) return content;
    await this.#parts.receivers.refresh();
    const begun = {...this.#time, lane: this.#lane, turn, isFirst: this.#begun++ === 0};
    return deliverMessage(content, begun, this.#rules, this.#parts);
  }

  async #attend(item: Item, outcomeOf: () => Promise<Outcome | Unsettled>, turn?: Turn): Promise<void> {
    try {
      const outcome = await this.#expected(outcomeOf());
      if ('kind' in outcome) this.#unsettled ??= outcome;
      // Messages move one after the other, so that they stay in order.
      else if (outcome.fate === 'moved') await this.#settle(item, outcome);
      turn?.pass();
      if ('fate' in outcome && outcome.fate !== 'moved') await this.#settle(item, outcome);
    } catch (error) {
      this.#hasFailed = true;
      const message = 'message not settled; it and the rest of its group will be redelivered';
      const {record} = item;
      this.#parts.log('error', message, {
        id: messageIdOf(record),
        lane: groupOf(record),
        error: errorText(error),
      });
      turn?.pass();
    }
  }

  /** The settler waits for as many outcomes as there are to come. */
  async #expected(coming: Promise<Outcome | Unsettled>): Promise<Outcome | Unsettled> {
    let outcome: Outcome | Unsettled | undefined;
    try {
      outcome = await coming;
      return outcome;
    } finally {
      if (outcome === undefined || 'kind' in outcome) this.#parts.settler.expectFewer(1);
    }
  }

  async #settle(item: Item, outcome: Outcome): Promise<void> {
    await this.#parts.settler.settle(item.record, outcome);
    this.#settled.add(item);
    if (outcome.fate === 'accepted') this.#pace.accepted(outcome.timeMs);
  }
}

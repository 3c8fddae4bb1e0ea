// Hides the mail of a lane: it stays in its message group, out of sight, and the lane waits with it. Nothing goes round, and
// the order stays. Each time that it is seen again counts as a receive, and SQS allows only so many: in time the messages
// leave the group, and wait outside.

import {type Outcome, stopped} from '../../shared/delivery/outcome.ts';
import {expiryOf} from '../../shared/delivery/schedule.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {errorText, type Log} from '../runtime/log.ts';
import {receivesOf} from '../runtime/record.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {Visibility} from '../runtime/visibility.ts';
import type {Rules, Unsettled} from './deliver-message.ts';
import {groupOf, type Item, isDeliverable} from './read-record.ts';

export interface HidingParts {
  readonly sqs: Pick<Sqs, 'maxReceiveCountOf'>;
  readonly queueUrl: string;
  readonly visibility: Visibility;
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
}

export type Hidden = Extract<Unsettled, {kind: 'hidden'}>;

/** Below this SQS is not asked how many receives it allows. */
const fewReceives = 8;
const defaultMaxReceives = 1000;
const limitAgeMs = 60_000;
/** Lanes of a receiver come back one after the other. */
const jitterMs = 1_500;

export class Hiding {
  readonly #parts: HidingParts;
  #maxReceives = defaultMaxReceives;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: HidingParts) {
    this.#parts = parts;
  }

  /** What becomes of messages that would be hidden: their time is over, or they have been received often enough. */
  async outcomesOf(
    items: readonly Item[],
    {untilMs}: Hidden,
    {settings, decide}: Pick<Rules, 'settings' | 'decide'>,
  ): Promise<readonly (readonly [Item, Outcome])[]> {
    const nowMs = this.#parts.now();
    const isWorn = await this.#isWorn(items);
    const outcomes: [Item, Outcome][] = [];
    for (const item of items) {
      const {content} = item;
      if (!isDeliverable(content)) continue;
      const stop = decide(content, nowMs);
      const cause = 'it was hidden so often that its dead-letter queue would take it';
      if (stop?.kind === 'end') outcomes.push([item, stopped(content, stop, settings, nowMs)]);
      else if (isWorn)
        outcomes.push([item, stopped(content, {kind: 'hold', untilMs, cause}, settings, nowMs)]);
    }
    return outcomes;
  }

  /** Until then, or until the time of one of them is over. */
  async hide(items: readonly Item[], {untilMs, cause}: Hidden, settings: Settings): Promise<void> {
    const {visibility, log, now, random} = this.#parts;
    const expiries = items.map(({content}) =>
      isDeliverable(content) ? expiryOf(content.message, settings) : Number.POSITIVE_INFINITY,
    );
    const ms = Math.min(untilMs + random() * jitterMs, ...expiries) - now();
    const delaySeconds = Math.max(Math.ceil(ms / 1000), 1);
    const lane = groupOf(items[0]!.record);
    log('info', `lane hidden: ${cause}`, {lane, messages: items.length, delaySeconds});
    await visibility.release(
      items.map(({record}) => record),
      delaySeconds,
    );
  }

  async #isWorn(items: readonly Item[]): Promise<boolean> {
    const receives = Math.max(...items.map(({record}) => receivesOf(record)));
    if (receives < fewReceives) return false;
    const {sqs, queueUrl, log, now} = this.#parts;
    if (now() >= this.#askedMs + limitAgeMs) {
      this.#askedMs = now();
      try {
        this.#maxReceives = (await sqs.maxReceiveCountOf(queueUrl)) ?? defaultMaxReceives;
      } catch (error) {
        log('warn', 'SQS does not say how many receives it allows', {error: errorText(error)});
      }
    }
    return receives >= this.#maxReceives / 2;
  }
}

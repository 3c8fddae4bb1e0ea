// What one attempt tells of its receiver, and how long it waits for it. Troubles (pace/) are of targets: they only say which
// of several servers to try first.

import {createHash} from 'node:crypto';
import {type Destination, isOfSettingsSmarthost} from '../../shared/delivery/destination.ts';
import {isAnswer, isOfReceiver, isPutOff} from '../../shared/delivery/receivers/blame.ts';
import type {Entry} from '../../shared/delivery/receivers/entry.ts';
import {patienceOf} from '../../shared/delivery/receivers/patience.ts';
import {type DeliveryQueue, placementOf} from '../../shared/delivery/receivers/placement.ts';
import type {Treatment} from '../../shared/delivery/receivers/treatment.ts';
import type {Message} from '../../shared/message/message.ts';
import {isOfOurSetUp} from '../../shared/smtp/authentication-wanted.ts';
import type {Failure, Stage} from '../../shared/smtp/failure.ts';
import type {Patience} from '../../shared/smtp/patience.ts';
import type {Receivers} from '../receivers/receivers.ts';
import type {Transaction} from './lane.ts';
import type {Hosts} from './next-hop/next-hop-hosts.ts';
import type {Deliverable} from './read-record.ts';

/** The attempt does not count. */
export type Uncounted =
  /** A server took longer than the queue waits for it. */
  | {readonly kind: 'overran'; readonly failure: Failure}
  /** It was a probe, or the smarthost failed: nothing was said of the message. */
  | {readonly kind: 'spared'; readonly failure: Failure};

export interface WatchOptions {
  readonly receivers: Receivers;
  readonly now: () => number;
}

export class ReceiverWatch {
  readonly #receivers: Receivers;
  readonly #now: () => number;
  readonly #message: Message;
  readonly #destination: Destination;
  readonly #treatment: Treatment;
  readonly #patience: Patience;
  readonly #queue: DeliveryQueue;
  readonly #receives: number;
  readonly #isProbe: boolean;
  #openingEndsMs: number | undefined;
  #isOpeningLate = false;

  constructor(
    {message, destination, deliveryQueue: queue, receives}: Deliverable,
    {receivers, now}: WatchOptions,
  ) {
    const {receiver} = destination;
    const entry = receivers.entryOf(receiver);
    this.#receivers = receivers;
    this.#now = now;
    this.#queue = queue;
    this.#receives = receives;
    this.#message = message;
    this.#destination = destination;
    this.#treatment = receivers.treatmentOf(receiver);
    this.#patience = patienceOf(this.#treatment, queue, entry);
    // While a receiver is down, nothing else is let through.
    this.#isProbe = entry?.down !== undefined;
  }

  get limits(): Pick<Transaction, 'patience' | 'waitsOn' | 'isOver' | 'isTroubled'> {
    return {
      patience: this.#patience,
      waitsOn: stage => this.#waitsOn(stage),
      isOver: () => this.#belongsElsewhere(),
      isTroubled: () => hasSigns(this.#receivers.entryOf(this.#destination.receiver)),
    };
  }

  #belongsElsewhere(): boolean {
    const entry = this.#receivers.entryOf(this.#destination.receiver);
    const placement = placementOf(entry, this.#treatment.staysFast);
    return this.#queue === 'fast' && (placement.kind === 'outside' || placement.queue !== 'fast');
  }

  /** Names are resolved within the time of the opening. */
  async resolved(resolving: Promise<Hosts>): Promise<Hosts> {
    const ms = this.openingMs(false);
    if (ms === undefined) return resolving;
    const {promise: late, resolve} = Promise.withResolvers<Hosts>();
    const description = 'the DNS does not answer in time';
    const failure = {stage: 'dns', result: 'timeout', description} as const;
    const timer = setTimeout(() => resolve({ok: false, failure}), ms);
    return Promise.race([resolving, late]).finally(() => clearTimeout(timer));
  }

  async #waitsOn(stage: Stage): Promise<boolean> {
    const isOpening = !transaction.has(stage);
    if (!this.#treatment.staysFast) void this.#late(stage, `no reply at ${stage} for ten seconds`);
    else if (isOpening) this.#isOpeningLate = true;
    if (!this.#isProbe || !isOpening) return true;
    // A server that is up again may have forgotten this connection.
    await this.#receivers.refresh(freshMs);
    return this.#receivers.entryOf(this.#destination.receiver)?.down !== undefined;
  }

  /** How long an opening may take that begins now. All openings of the attempt share the time. */
  openingMs(hasNext: boolean): number | undefined {
    const {openingMs} = this.#patience;
    if (openingMs === undefined) return undefined;
    this.#openingEndsMs ??= this.#now() + openingMs;
    const leftMs = Math.max(this.#openingEndsMs - this.#now(), 0);
    return hasNext ? leftMs / 2 : leftMs;
  }

  /** Whether what is left would say anything of another server. */
  hasTimeToOpen(): boolean {
    return (this.openingMs(false) ?? leastOpeningMs) >= leastOpeningMs;
  }

  answered(): void {
    const {receiver} = this.#destination;
    void this.#receivers.answered(receiver);
    if (!this.#isOpeningLate) return;
    void this.#receivers.late(receiver, {where: 'opening', reason: 'it is slow to greet'});
  }

  /**
   * All servers failed that were tried.
   * @param decisive the failure that decides about the message
   * @param failures with whether they happened on a new connection
   * @returns undefined where the attempt counts
   */
  async failed(
    decisive: Failure,
    failures: readonly {readonly failure: Failure; readonly isFresh: boolean}[],
  ): Promise<Uncounted | undefined> {
    const {security, smarthost} = this.#message;
    const isOrdinary = security === undefined && smarthost === undefined;
    if (failures.some(({failure, isFresh}) => isAnswer(failure, {isFresh, isOrdinary}))) this.answered();
    const isOurs = ({failure, isFresh}: (typeof failures)[number]) =>
      isOfReceiver(failure, {isFresh, isOrdinary}) || (isPutOff(failure, isFresh) && this.#believesPutOff());
    const {stage, result, description} = decisive;
    const {receiver} = this.#destination;
    const reason = `${stage} ${result}: ${description}`;
    // The message may have been taken: that is an attempt. The receiver may have more of that kind.
    if (stage === 'message' && result === 'timeout') await this.#receivers.failed(receiver, {reason});
    if (!failures.every(isOurs)) return undefined;
    if (result === 'timeout' && this.#patience.beforeTextMs !== undefined) {
      await this.#late(stage, description);
      return {kind: 'overran', failure: decisive};
    }
    const sender = failures.some(({failure, isFresh}) => isPutOff(failure, isFresh))
      ? {sender: hashOf(this.#message.envelope?.address ?? '')}
      : {};
    // Somebody has to be told that the settings are wrong: that takes an attempt.
    const isSetUp = failures.some(({failure}) => isOfOurSetUp(failure));
    await this.#receivers.failed(receiver, {reason, isSetUp, ...sender});
    if (isSetUp) return undefined;
    if (!this.#isProbe && !this.#treatment.sparesAttempts) return undefined;
    return {kind: 'spared', failure: decisive};
  }

  /** A smarthost whose name is not to be found is as good as down. Of a domain only silence says so. */
  async unresolved(failure: Failure): Promise<Uncounted | undefined> {
    if (!this.#treatment.sparesAttempts && failure.fact !== undefined) return undefined;
    return this.failed(failure, [{failure, isFresh: true}]);
  }

  /**
   * A MAIL that is put off may be the sender's fault. Of the smarthost it is believed to be the smarthost's, unless that
   * takes other mail meanwhile, or it lasts.
   */
  #believesPutOff(): boolean {
    const {receiver} = this.#destination;
    if (!isOfSettingsSmarthost(receiver)) return true;
    const nowMs = this.#now();
    const {down, signMs = nowMs} = this.#receivers.entryOf(receiver) ?? {};
    if (down) return nowMs - down.sinceMs < putOffMostMs;
    return (this.#receivers.successMs(receiver) ?? 0) < signMs && this.#receives <= putOffMostReceives;
  }

  #late(stage: Stage, reason: string): Promise<void> {
    const where = transaction.has(stage) ? 'session' : 'opening';
    return this.#receivers.late(this.#destination.receiver, {where, reason});
  }
}

/** An entry may also tell nothing but how fast the receiver takes mail that piles up. */
const hasSigns = (entry: Entry | undefined): boolean =>
  entry !== undefined &&
  (entry.failures > 0 || entry.lates > 0 || entry.down !== undefined || entry.slow !== undefined);

const freshMs = 1_000;
const leastOpeningMs = 1_000;
const putOffMostMs = 600_000;
/** A message that is put off again and again while the smarthost is not down is put off for itself. */
const putOffMostReceives = 4;
const transaction: ReadonlySet<Stage> = new Set(['mailfrom', 'rcptto', 'data', 'message']);

const hashOf = (address: string): string => createHash('sha256').update(address).digest('hex').slice(0, 8);

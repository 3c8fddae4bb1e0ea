// Mail of a batch that waits outside of the delivery queues: which queue and for how long, shared/ decides.

import type {Candidate, Stop} from '../../shared/delivery/gate.ts';
import {stopped} from '../../shared/delivery/outcome.ts';
import {stayOf} from '../../shared/delivery/stay.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Clock} from './clock.ts';
import type {Mail} from './mail.ts';
import type {Meter} from './meter.ts';
import type {StandardQueue} from './standard-queue.ts';

type WaitingQueues = Readonly<Record<'waiting' | 'waitingSoon', StandardQueue>>;

export interface StaysParts {
  readonly queues: WaitingQueues;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly meter: Meter;
}

export class Stays {
  readonly #parts: StaysParts;
  #mails: {
    readonly to: ReturnType<typeof stayOf>['to'];
    readonly delaySeconds: number;
    readonly mail: Mail;
  }[] = [];

  constructor(parts: StaysParts) {
    this.#parts = parts;
  }

  held(mail: Mail, candidate: Candidate, stop: Extract<Stop, {kind: 'hold'}>): void {
    const {settings, clock} = this.#parts;
    const {message} = stopped(candidate, stop, settings, clock.nowMs);
    const {slotMs} = message.tracking;
    // A body tells a slot to the second.
    const slot = slotMs === undefined ? {} : {slotMs: Math.floor(slotMs / 1000) * 1000};
    mail.message = {...message, tracking: {...message.tracking, ...slot}};
    this.#mails.push({...stayOf(stop, clock.nowMs), mail});
  }

  deferred(mail: Mail, untilMs: number): void {
    mail.message = {...mail.message, nextAttemptMs: Math.ceil(untilMs / 1000) * 1000};
    this.#mails.push({...stayOf({untilMs}, this.#parts.clock.nowMs), mail});
  }

  send(): void {
    const {queues, meter} = this.#parts;
    for (const name of ['waiting', 'waitingSoon'] as const) {
      const those = this.#mails.filter(({to}) => to === name);
      meter.standard += Math.ceil(those.length / 10);
      for (const [delaySeconds, together] of Map.groupBy(those, each => each.delaySeconds))
        queues[name].put(
          together.map(({mail}) => mail),
          delaySeconds,
        );
    }
    this.#mails = [];
  }
}

// Targets that are down or full, as far as this environment has seen. While one is, its messages wait. How long that
// takes is decided in shared/smtp/trouble.ts.

import type {Failure} from '../../../shared/smtp/failure.ts';
import {isFullForLong, type Trouble, troubleAfter} from '../../../shared/smtp/trouble.ts';
import {BoundedMap} from '../../runtime/bounded-map.ts';

/** By the key of a target, so that a certificate that a policy refuses, or a wrong password, holds up nobody else. */
export class Troubles {
  readonly #troubles = new BoundedMap<string, Trouble>(1_000);

  /**
   * Until when a target is left alone, in milliseconds since the epoch; undefined while it may be tried.
   * @param hasPlace whether there is a connection to it: then it may be full
   */
  untilMs(key: string, nowMs: number, hasPlace = false): number | undefined {
    const trouble = this.#troubles.get(key);
    if (trouble === undefined || trouble.untilMs <= nowMs) return undefined;
    return hasPlace && trouble.full !== undefined ? undefined : trouble.untilMs;
  }

  /** @returns until when the message may wait for a target that is full, without using up an attempt */
  failed(key: string, failure: Failure, nowMs: number): number | undefined {
    const before = this.#troubles.get(key);
    const trouble = troubleAfter(failure, before, nowMs);
    if (trouble === undefined) this.#troubles.delete(key);
    else this.#troubles.set(key, trouble);
    if (trouble === undefined || failure.fact !== 'server-full') return undefined;
    return trouble !== before && isFullForLong(trouble) ? undefined : trouble.untilMs;
  }

  answered(key: string): void {
    this.#troubles.delete(key);
  }
}

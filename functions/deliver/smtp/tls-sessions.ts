// TLS sessions of servers, so that the next connection to exactly the same target is resumed: a handshake without
// certificates. A resumed session shows no chain, and Node.js does not compare the name again. So what the certificate proved
// in the full handshake is kept with the session, and holds as long as that.

import {keyOf, type Target} from '../../../shared/smtp/target.ts';
import {BoundedMap} from '../../runtime/bounded-map.ts';

export interface TlsSession {
  readonly octets: Buffer;
  /** What the full handshake came to. */
  readonly verified: boolean;
  /** Whoever speaks then has to show a certificate again. */
  readonly untilMs: number;
}

/** By then certificates, policies and authorities may have changed. */
export const sessionAgeMs = 3_600_000;
const maxSessions = 300;
/** With the server's certificate in it, a session has one or two KB. */
const maxOctets = 16_384;

export class TlsSessions {
  readonly #sessions = new BoundedMap<string, TlsSession>(maxSessions);
  /** Targets that stumbled over a session, and until when none is offered. */
  readonly #without = new BoundedMap<string, number>(maxSessions);

  of(target: Target, nowMs: number): TlsSession | undefined {
    const session = this.#sessions.get(keyOf(target));
    return session !== undefined && nowMs < session.untilMs ? session : undefined;
  }

  keep(target: Target, session: TlsSession, nowMs: number): void {
    const key = keyOf(target);
    if (session.octets.length <= maxOctets && nowMs >= (this.#without.get(key) ?? 0))
      this.#sessions.set(key, session);
  }

  /** A connection failed for which a session was offered. It may not be the session's fault. */
  failed(target: Target, nowMs: number): void {
    const key = keyOf(target);
    this.#sessions.delete(key);
    this.#without.set(key, nowMs + sessionAgeMs);
  }
}

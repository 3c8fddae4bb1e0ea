// Signs messages just before they are sent: each transmission has its own signatures, over the octets that go out. As a gate
// it fetches the keys of a batch, and stops what it cannot sign as it should.

import type {Candidate, Gate, Stop} from '../../../shared/delivery/gate.ts';
import type {KeyName} from '../../../shared/dkim/key-name.ts';
import {
  type KeysOfDomain,
  keyDomainsOf,
  signingsOf,
  wantedSignatures,
} from '../../../shared/dkim/message-signings.ts';
import {dkimFieldsOf, parseSignable, type Signing} from '../../../shared/dkim/signature.ts';
import type {Message} from '../../../shared/message/message.ts';
import type {Settings} from '../../../shared/settings/settings.ts';
import {type Content, contentOf, sentLines} from '../../../shared/smtp/content.ts';
import {errorText} from '../../runtime/log.ts';
import {fromDomainsOf} from './from-domains.ts';
import type {KeyStore} from './key-store.ts';

/** Why a message waits whose keys SSM did not tell. */
export const keysUnread = 'its DKIM keys could not be read';

/** How long a message waits whose keys SSM did not tell. */
const againMs = 15_000;

interface SignerParts {
  readonly keys: Pick<KeyStore, 'keysOf'>;
  readonly now: () => number;
}

export class Signer {
  readonly #parts: SignerParts;
  readonly #signings = new WeakMap<Message, readonly Signing[]>();

  constructor(parts: SignerParts) {
    this.#parts = parts;
  }

  readonly gate: Gate = async ({candidates, settings}) => {
    const wanted = new Map(
      candidates.map(({message}) => [
        message,
        wantedSignatures(message.dkim, settings.dkim, () => fromDomainsOf(message.text)),
      ]),
    );
    const keys = await this.#keysOf([...new Set([...wanted.values()].flatMap(keyDomainsOf))]);
    return (candidate, nowMs) => {
      const {message} = candidate;
      const those = wanted.get(message) ?? [];
      if (those.length === 0) return undefined;
      const unread = keyDomainsOf(those).find(domain => keys.get(domain) instanceof Error);
      if (unread !== undefined) return notRead(unread, keys.get(unread) as Error, nowMs);
      const signings = signingsOf(those, {
        keysOf: domain => keys.get(domain) as KeysOfDomain,
        expireSeconds: settings.dkim.expireSeconds,
        unsigned: unsignedOf(candidate, settings),
        nowMs,
      });
      const signable =
        signings.ok && signings.value.length > 0 ? parseSignable(sentLines(message.text)) : signings;
      if (!signable.ok) return deferred(signable.problem);
      if (signings.ok) this.#signings.set(message, signings.value);
      return undefined;
    };
  };

  /** The keys that sign a message which the gate let pass. */
  keysOf(message: Message): readonly KeyName[] {
    return (this.#signings.get(message) ?? []).map(({key}) => key);
  }

  /** The text as it is sent, with its signatures on top. */
  readonly contentOf = async (message: Message): Promise<Content> => {
    const signings = this.#signings.get(message) ?? [];
    if (signings.length === 0) return contentOf(message.text);
    const text = sentLines(message.text);
    return contentOf(dkimFieldsOf(text, signings, this.#parts.now()) + text);
  };

  async #keysOf(domains: readonly string[]): Promise<ReadonlyMap<string, KeysOfDomain | Error>> {
    const {keys} = this.#parts;
    const read = (domain: string) => keys.keysOf(domain).catch((error: Error) => error);
    return new Map(await Promise.all(domains.map(async domain => [domain, await read(domain)] as const)));
  }
}

/** Fields that a smarthost rewrites, by the names of its hosts. */
function unsignedOf({destination: {nextHop}}: Candidate, {dkimUnsigned}: Settings): readonly string[] {
  if (nextHop.kind === 'mx' || dkimUnsigned.size === 0) return [];
  return nextHop.hosts.flatMap(host => dkimUnsigned.get(host) ?? []);
}

const notRead = (domain: string, error: Error, nowMs: number): Stop => ({
  kind: 'hold',
  untilMs: nowMs + againMs,
  cause: keysUnread,
  facts: {keys: domain, reason: errorText(error)},
});

const deferred = (description: string): Stop => ({
  kind: 'defer',
  entry: {state: 'process', result: 'error', class: 'auth', status: '4.7.5', description, fatal: false},
});

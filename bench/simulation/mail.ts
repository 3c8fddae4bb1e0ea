// The messages of a simulation: as the functions know them, without texts.

import {type Destination, resolveDestination} from '../../shared/delivery/destination.ts';
import type {Message} from '../../shared/message/message.ts';
import {parseSettings, type Settings} from '../../shared/settings/settings.ts';

/** What is told of a message apart from its way. */
export interface Mail {
  message: Message;
  readonly destination: Destination;
  /** When it was put on the outbox, to the millisecond. */
  readonly arrivedMs: number;
  /** Its place among the messages of its recipient. */
  readonly number: number;
}

export const settingsOf = (parameters: Readonly<Record<string, string>>): Settings =>
  parseSettings(Object.entries(parameters).map(([name, value]) => ({name, value}))).settings;

const common = {
  properties: {},
  text: '',
  envelope: undefined,
  smarthost: undefined,
  security: undefined,
  nextAttemptMs: undefined,
  maxDeliverTimeMs: undefined,
  maxAttempts: undefined,
  window: undefined,
  retries: undefined,
  queues: {},
  keepMime: false,
  suppression: undefined,
  dkim: [],
  tags: [],
  dsn: undefined,
  headers: undefined,
  results: [],
};

/** Makes messages. Those of a lane share their destination. */
export class MailMaker {
  readonly #settings: Settings;
  readonly #destinations = new Map<string, Destination>();
  readonly #numbers = new Map<string, number>();
  #made = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  make(user: string, domain: string, nowMs: number): Mail {
    const address = `${user}@${domain}`;
    const recipient = {address, localPart: user, domain};
    const tracking = {id: String(this.#made++), arrivedMs: nowMs, attempts: 0, holds: 0};
    const message: Message = {...common, recipient, tracking};
    const resolved = resolveDestination(message, this.#settings);
    const destination = this.#destinations.get(resolved.group) ?? resolved;
    this.#destinations.set(resolved.group, destination);
    const number = this.#numbers.get(address) ?? 0;
    this.#numbers.set(address, number + 1);
    return {message, destination, arrivedMs: nowMs, number};
  }
}

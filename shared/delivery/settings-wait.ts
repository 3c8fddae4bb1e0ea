// Mail that has to wait for the settings: for what decides where it goes, while that is not known.

import type {Message} from '../message/message.ts';
import type {Settings, Unknown} from '../settings/settings.ts';

/** Why a message has to wait for the settings, and until when: then it is to be looked at again. */
export interface SettingsWait {
  readonly reason: string;
  readonly untilMs: number;
}

/** A message waits for what is not known and decides where it goes; undefined when it can go. */
export function waitsFor(message: Message, settings: Settings, nowMs: number): SettingsWait | undefined {
  const unknown = neededUnknown(message, settings);
  if (unknown === undefined) return undefined;
  // Not at once: each environment reads the settings for itself.
  const untilMs = Math.max(settings.knownFromMs ?? 0, nowMs + 1000);
  return {reason: `the ${unknown} of the settings is invalid or just being written`, untilMs};
}

/** The sink decides for all, the smarthost for those that have neither a sink nor a smarthost of their own. */
function neededUnknown({smarthost}: Message, {unknown, ...settings}: Settings): Unknown | undefined {
  if (unknown.has('sink')) return 'sink';
  if (settings.sink || smarthost) return undefined;
  if (unknown.has('smarthost')) return 'smarthost';
  return !settings.smarthost && unknown.has('mx') ? 'mx' : undefined;
}

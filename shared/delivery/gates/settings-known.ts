// A message waits while a setting that decides where it goes is not known. The other mail goes on.

import type {Message} from '../../message/message.ts';
import type {SettingName} from '../../settings/setting-groups.ts';
import type {Settings} from '../../settings/settings.ts';
import type {Gate} from '../gate.ts';

export const settingsKnown: Gate =
  ({settings}) =>
  ({message}, nowMs) => {
    const unknown = neededUnknown(message, settings);
    if (unknown === undefined) return undefined;
    return {
      kind: 'hold',
      // Not at once: each environment reads the settings for itself.
      untilMs: Math.max(settings.knownFromMs ?? 0, nowMs + 1000),
      cause: 'settings are not known',
      facts: {reason: `the ${unknown} of the settings is invalid or just being written`},
    };
  };

/** How mail is signed concerns all of it. The sink decides for all mail, the smarthost for messages that have neither a sink nor a smarthost of their own. */
export function neededUnknown(
  {smarthost}: Message,
  {unknown, ...settings}: Settings,
): SettingName | undefined {
  if (unknown.has('dkim')) return 'dkim';
  if (unknown.has('sink')) return 'sink';
  if (settings.sink || smarthost) return undefined;
  if (unknown.has('smarthost')) return 'smarthost';
  return !settings.smarthost && unknown.has('mx') ? 'mx' : undefined;
}

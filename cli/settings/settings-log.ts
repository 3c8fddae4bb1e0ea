// What the functions' logs say about settings, read back. Lines are believed as far as they have the right form.

import {isJsonObject, type Json} from '../../shared/json.ts';
import {inForceMessage, problemsPrefix, settlingMessage} from '../../shared/settings/settings-report.ts';
import type {Versions} from './write-parameters.ts';

/** Which lines are about settings, in CloudWatch's pattern language. */
export const settingsPattern = '{ $.message = "settings*" }';

export interface SettingsLine {
  readonly kind: 'in force' | 'settling' | 'unknown';
  /** Those of the changes that the line is about. */
  readonly names: readonly string[];
}

/** @returns undefined for a line that is about none of the changes */
export function parseSettingsLine(text: string, path: string, versions: Versions): SettingsLine | undefined {
  const line = jsonOf(text);
  if (!isJsonObject(line) || line.path !== path || typeof line.message !== 'string') return undefined;
  const {message, problems, added, changed, removed, versions: told} = line;
  const isIn = (list: Json | undefined, name: string) => Array.isArray(list) && list.includes(name);
  const those = (isMeant: (name: string, version: number | undefined) => boolean) =>
    [...versions].filter(([name, version]) => isMeant(name, version)).map(([name]) => name);
  const isTold = (name: string, version: number | undefined) => {
    if (version === undefined) return isIn(removed, name);
    const toldVersion = isJsonObject(told) ? told[name] : undefined;
    // A line of an older version has no versions in it.
    const isNew = typeof toldVersion !== 'number' || toldVersion >= version;
    return isNew && (isIn(added, name) || isIn(changed, name));
  };
  const isUnknown = (name: string) =>
    Array.isArray(problems) &&
    problems.some(each => typeof each === 'string' && each.startsWith(`${name} is unknown`));
  const found: SettingsLine | undefined =
    message === inForceMessage
      ? {kind: 'in force', names: those(isTold)}
      : message === settlingMessage
        ? {kind: 'settling', names: those(isTold)}
        : message.startsWith(problemsPrefix)
          ? {kind: 'unknown', names: those(isUnknown)}
          : undefined;
  return found === undefined || found.names.length === 0 ? undefined : found;
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

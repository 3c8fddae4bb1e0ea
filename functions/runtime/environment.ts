// The environment a function runs in: the one place that reads process.env.

import {formerSenders, settingsMaxAge, type Variable, variables} from '../../shared/names.ts';

/** How many seconds settings are kept. */
export const defaultSettingsMaxAgeS = 60;

export type Environment<Needed extends Variable = Variable> = ReturnType<typeof readEnvironment<Needed>>;

/** @throws Error naming every variable that is missing. Lambda then reports that the function cannot start. */
export function readEnvironment<Needed extends Variable>(
  needed: readonly Needed[],
  env: NodeJS.ProcessEnv = process.env,
) {
  const missing = needed.map(name => variables[name]).filter(name => !env[name]);
  if (missing.length > 0) throw new Error(`environment: missing ${missing.join(', ')}`);
  const values = needed.map(name => [name, env[variables[name]]]);
  return {
    ...(Object.fromEntries(values) as Readonly<Record<Needed, string>>),
    /** Whose results on the outbox are believed: those of the version before. */
    formerSenders: (env[formerSenders] ?? '').split(','),
    settingsMaxAgeMs: Number(env[settingsMaxAge] ?? defaultSettingsMaxAgeS) * 1000,
  };
}

// The environment a function runs in: the one place that reads process.env.

import {formerSenders, type ResultKind, settingsMaxAge, variables} from '../../shared/names.ts';

export interface Environment {
  readonly stage: string;
  readonly outboxUrl: string;
  readonly outboxOversizeUrl: string;
  readonly waitingUrl: string;
  readonly deliveryUrl: string;
  readonly resultUrls: Readonly<Record<ResultKind, string>>;
  /** Whose results on the outbox are believed: those of the version before. */
  readonly formerSenders: readonly string[];
  /** How long settings are kept: a minute, unless the environment says otherwise. */
  readonly settingsMaxAgeMs: number;
}

/** @throws Error naming every variable that is missing: a function without them must not start. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const missing = Object.values(variables).filter(name => !env[name]);
  if (missing.length > 0) throw new Error(`environment: missing ${missing.join(', ')}`);
  const value = (name: string) => env[name] as string;
  return {
    stage: value(variables.stage),
    outboxUrl: value(variables.outbox),
    outboxOversizeUrl: value(variables.outboxOversize),
    waitingUrl: value(variables.waiting),
    deliveryUrl: value(variables.delivery),
    resultUrls: {
      results: value(variables.results),
      success: value(variables.success),
      failure: value(variables.failure),
      retry: value(variables.retry),
    },
    formerSenders: (env[formerSenders] ?? '').split(','),
    settingsMaxAgeMs: Number(env[settingsMaxAge] ?? 60) * 1000,
  };
}

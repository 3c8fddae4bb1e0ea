// Log lines: one JSON object each, so that CloudWatch Logs Insights finds its fields. The caller decides what may stand
// in a line. Only time and level are added, under the names that Lambda knows ("Log-level filtering").

import type {LogLine} from '../../shared/log-line.ts';

export type Log = (level: LogLine['level'], message: string, fields?: LogLine['fields']) => void;

export const log: Log = (level, message, fields = {}) => {
  const line = JSON.stringify({timestamp: new Date().toISOString(), level, message, ...fields});
  process.stdout.write(`${line}\n`);
};

/** An error as a log shows it: its name and message, and nothing else that it carries. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

// Log lines: one JSON object each, written to standard output as it is, so that CloudWatch Logs Insights
// finds its fields. What may stand in a line is decided by who calls; nothing is added but time and level,
// under the names by which Lambda knows them ("Log-level filtering").

type Level = 'info' | 'warn' | 'error';
export type Log = (level: Level, message: string, fields?: Readonly<Record<string, unknown>>) => void;

export const log: Log = (level, message, fields = {}) => {
  const line = JSON.stringify({timestamp: new Date().toISOString(), level, message, ...fields});
  process.stdout.write(`${line}\n`);
};

/** An error as a log shows it: its name and message, and nothing that it carries along. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

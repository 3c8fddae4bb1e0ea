// Times as messages and results write them: UTC, `YYYY-MM-DD HH:MM:SS`, to the second.

const form = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;

/** Milliseconds since the epoch, or undefined when the text is not a time that exists. */
export function parseUtcTime(text: string): number | undefined {
  if (!form.test(text)) return undefined;
  const ms = Date.parse(`${text.replace(' ', 'T')}Z`);
  // Date.parse takes February 30 for March 2: only a time that reads back as it was written exists.
  return Number.isNaN(ms) || utcTimeOf(ms) !== text ? undefined : ms;
}

export const utcTimeOf = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

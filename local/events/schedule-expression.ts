// How often a rule of EventBridge runs (Amazon EventBridge User Guide, "Rate expressions").

const units: Readonly<Record<string, number>> = {minute: 60_000, hour: 3_600_000, day: 86_400_000};

/** @returns milliseconds @throws Error for what EventBridge refuses, and for what is not known here */
export function intervalOf(expression: string): number {
  if (/^cron\(/.test(expression)) throw new Error(`${expression}: the local cloud knows rate(…) alone`);
  const [, digits = '', unit = '', plural] = /^rate\((\d+) (minute|hour|day)(s)?\)$/.exec(expression) ?? [];
  const value = Number(digits);
  // "The units must be singular for a value of 1, and plural for a value greater than 1."
  if (digits === '' || digits.startsWith('0') || (value === 1) === (plural !== undefined))
    throw new Error(`Parameter ScheduleExpression is not valid: ${expression}`);
  return value * units[unit]!;
}

import {describe, expect, test} from 'vitest';
import {intervalOf} from '../../../local/events/schedule-expression.ts';

describe('a rate', () => {
  test.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(1 hour)', 3_600_000],
    ['rate(14 days)', 1_209_600_000],
  ])('%s is %i ms', (expression, ms) => expect(intervalOf(expression)).toBe(ms));

  test.each([
    'rate(5 minute)',
    'rate(1 minutes)',
    'rate(0 minutes)',
    'rate(05 minutes)',
    'rate(1.5 hours)',
    'rate(5 seconds)',
    'rate(5minutes)',
    'Rate(5 minutes)',
    'rate(5 minutes) ',
    'every 5 minutes',
  ])('%s is refused, as EventBridge refuses it', expression =>
    expect(() => intervalOf(expression)).toThrow(`Parameter ScheduleExpression is not valid: ${expression}`),
  );

  test('of cron is not known here, and says so', () =>
    expect(() => intervalOf('cron(0 20 * * ? *)')).toThrow('the local cloud knows rate(…) alone'));
});

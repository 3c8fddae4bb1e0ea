// Checks, made: what each has found, or why it could not look. One that fails ends no other.

import {accessProblemOf, awsProblemOf} from '../aws/aws-problem.ts';
import {operationOf} from '../aws/failed-operation.ts';
import type {Check, Finding, Plan} from './check.ts';

export interface Checked extends Finding {
  readonly check: string;
  /** Somebody or something kept it from looking. */
  readonly isShut: boolean;
}

const denied = /^(?:AccessDenied|UnauthorizedOperation)/;
const throttled = /^(?:Throttl|TooManyRequests|RequestLimitExceeded)/;

export async function checkedOf(checks: readonly Check[], plan: Plan): Promise<readonly Checked[]> {
  const all = await Promise.all(
    checks.filter(({isFor}) => isFor?.(plan) ?? true).map(check => checkedBy(check, plan)),
  );
  plan.signal.throwIfAborted();
  return all;
}

/** Whether nobody let any of them look. */
export function isAllShut(checks: readonly Check[], checked: readonly Checked[]): boolean {
  const asking = checks.filter(({needsPermission}) => needsPermission).map(({name}) => name);
  const asked = checked.filter(({check}) => asking.includes(check));
  return asked.length > 0 && asked.every(({isShut}) => isShut);
}

async function checkedBy({name: check, look}: Check, plan: Plan): Promise<Checked> {
  try {
    return {check, isShut: false, ...(await look(plan))};
  } catch (error) {
    return {check, ...unknownOf(error as Error)};
  }
}

function unknownOf(error: Error): Omit<Checked, 'check'> {
  const operation = operationOf(error) ?? 'a call of AWS';
  if (denied.test(error.name))
    return {
      verdict: 'unknown',
      isShut: true,
      text: `you may not look: ${operation} is not allowed`,
      todo: [`have ${operation} allowed: docs/permissions.md`],
    };
  if (throttled.test(error.name))
    return {
      verdict: 'unknown',
      isShut: false,
      text: `AWS has too many calls just now: ${operation} was refused (${error.name})`,
      todo: ['try again in a minute'],
    };
  return {verdict: 'unknown', isShut: accessProblemOf(error) !== undefined, text: awsProblemOf(error)};
}

// What `-c name=value` can say: the options of the stage as text, and whether the template is checked. A name that nobody
// knows stops the synthesis.

import type {Node} from 'constructs';
import {OptionProblem, type Options, resolveOptions} from './options.ts';

export interface Context extends Options {
  /** Whether the template is checked: cdk-nag's rules, and the CDK's own validation. */
  readonly checks: boolean;
}

/** A mistake in the context, for whoever gave it. */
export class ContextProblem extends Error {}

/** Flags, what the CDK's command line tells the app, cached look-ups, and the CDK's names that look like ours. */
const isOfCdk = (name: string): boolean =>
  /[:/]|^cdk-|^(?:cli-telemetry|acknowledged-issue-numbers)$/.test(name);

/**
 * @param notOurs names that are meant for others
 * @throws ContextProblem
 */
export function readContext(node: Node, notOurs: readonly string[] = []): Context {
  const known = new Set<string>();
  const text = (name: string): string | undefined => {
    known.add(name);
    const value: unknown = node.tryGetContext(name);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const number = (name: string): number | undefined => {
    const value = text(name);
    if (value !== undefined && Number.isNaN(Number(value)))
      throw new ContextProblem(`context ${name}=${value}: a whole number`);
    return value === undefined ? undefined : Number(value);
  };
  const flag = (name: string): boolean | undefined => {
    const value = text(name);
    if (value !== undefined && value !== 'true' && value !== 'false')
      throw new ContextProblem(`context ${name}=${value}: true or false`);
    return value === undefined ? undefined : value === 'true';
  };
  const list = (name: string): readonly string[] =>
    (text(name) ?? '')
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '');
  const context: Context = {
    ...resolved({
      stage: text('stage') ?? 'dev',
      routeConcurrency: number('routeConcurrency'),
      deliverConcurrency: number('deliverConcurrency'),
      slowConcurrency: number('slowConcurrency'),
      logRetentionDays: number('logRetentionDays'),
      alarmEmail: text('alarmEmail'),
      dashboard: flag('dashboard'),
      resultQueues: list('resultQueues'),
      producers: list('producers'),
      operators: list('operators'),
      parameterKeyArn: text('parameterKeyArn'),
      queueKeyArn: text('queueKeyArn'),
      logKeyArn: text('logKeyArn'),
      directMx: flag('directMx'),
      zones: list('zones'),
      eipAllocationId: text('eipAllocationId'),
      retain: flag('retain'),
      reserveConcurrency: flag('reserveConcurrency'),
      invocationReports: flag('invocationReports'),
    }),
    checks: flag('checks') ?? true,
  };
  const others = (name: string) => notOurs.includes(name) || isOfCdk(name);
  const unknown = Object.keys(node.getAllContext()).filter(name => !known.has(name) && !others(name));
  if (unknown.length > 0) {
    throw new ContextProblem(`context ${unknown.join(', ')}: not known; there are ${[...known].join(', ')}`);
  }
  return context;
}

function resolved(options: Parameters<typeof resolveOptions>[0]): Options {
  try {
    return resolveOptions(options);
  } catch (error) {
    if (error instanceof OptionProblem) throw new ContextProblem(`context ${error.message}`, {cause: error});
    throw error;
  }
}

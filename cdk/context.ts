// What `-c name=value` can say, and its defaults. A value that makes no sense stops the synthesis.

import {RetentionDays} from 'aws-cdk-lib/aws-logs';
import type {Node} from 'constructs';
import {isStage} from '../shared/names.ts';
import {standardQueueName} from '../shared/sqs-limits.ts';

export interface Context {
  readonly stage: string;
  /** Batches that are routed, and delivered, at the same time: MaximumConcurrency of the event sources. */
  readonly routeConcurrency: number;
  readonly deliverConcurrency: number;
  /** The same for mail of receivers that are slow. */
  readonly slowConcurrency: number;
  readonly logRetentionDays: RetentionDays;
  /** Where alarms are mailed to; without it they only show. */
  readonly alarmEmail: string | undefined;
  /** Whether there is a dashboard; beyond the account's free ones it costs a monthly sum. */
  readonly dashboard: boolean;
  /** Queues outside of relayq's own names that a message may have its results sent to. */
  readonly resultQueues: readonly string[];
  /** ARNs of roles, users and accounts elsewhere that may put messages on the outbox. */
  readonly producers: readonly string[];
  /** ARNs of roles and users that may redrive to the queues that only the functions send to. */
  readonly operators: readonly string[];
  /** The customer managed key that encrypts the SecureString parameters; by default it is alias/aws/ssm. */
  readonly parameterKeyArn: string | undefined;
  /** Puts deliver behind a NAT gateway with an Elastic IP, for port 25. */
  readonly directMx: boolean;
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
  const wholeNumber = (name: string, otherwise: number, least: number, most: number): number => {
    const value = Number(text(name) ?? otherwise);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new ContextProblem(`context ${name}=${text(name)}: a whole number from ${least} to ${most}`);
    }
    return value;
  };
  const retention = (days: number): RetentionDays => {
    if (days in RetentionDays) return days;
    const choices = Object.values(RetentionDays).filter(value => Number(value) <= 3653);
    throw new ContextProblem(`context logRetentionDays=${days}: CloudWatch Logs knows ${choices.join(', ')}`);
  };
  const matching = (name: string, value: string, pattern: RegExp, what: string): string => {
    if (!pattern.test(value)) throw new ContextProblem(`context ${name}=${value}: ${what}`);
    return value;
  };
  const flag = (name: string, otherwise: boolean): boolean =>
    matching(name, text(name) ?? String(otherwise), /^(?:true|false)$/, 'true or false') === 'true';
  const optional = (name: string, pattern: RegExp, what: string): string | undefined => {
    const value = text(name);
    return value === undefined ? undefined : matching(name, value, pattern, what);
  };
  const listOf = (name: string, pattern: RegExp, what: string): readonly string[] =>
    (text(name) ?? '')
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '')
      .map(item => matching(name, item, pattern, what));
  const stage = text('stage') ?? 'dev';
  if (!isStage(stage))
    throw new ContextProblem(`context stage=${stage}: lower-case letters, digits and hyphens`);
  // "The minimum is 2, the maximum 1,000" (Configuring maximum concurrency for Amazon SQS event sources).
  const concurrency = (name: string, otherwise: number) => wholeNumber(name, otherwise, 2, 1000);
  const routeConcurrency = concurrency('routeConcurrency', 10);
  const deliverConcurrency = concurrency('deliverConcurrency', 50);
  const context: Context = {
    stage,
    routeConcurrency,
    deliverConcurrency,
    slowConcurrency: concurrency('slowConcurrency', Math.max(Math.floor(deliverConcurrency / 5), 2)),
    logRetentionDays: retention(wholeNumber('logRetentionDays', RetentionDays.ONE_MONTH, 1, 3653)),
    alarmEmail: optional('alarmEmail', /^[^\s@]+@[^\s@]+$/, 'an e-mail address'),
    dashboard: flag('dashboard', true),
    // Names go into permissions as they are: a * would permit sending to any queue.
    resultQueues: listOf('resultQueues', standardQueueName, 'names of standard queues, with commas'),
    // SQS refuses a * in the principals of producers. ARNs of operators are patterns, where a * may stand for the part
    // of a role's name that single sign-on makes up.
    producers: listOf(
      'producers',
      /^arn:[\w-]+:iam::\d{12}:(?:root|(?:role|user)\/[\w+=,.@/-]+)$/,
      'ARNs of roles, users or accounts (…:root), with commas',
    ),
    operators: listOf(
      'operators',
      /^arn:[\w-]+:iam::\d{12}:(?:role|user)\/[\w+=,.@/*-]+$/,
      'ARNs of roles or users, with commas',
    ),
    parameterKeyArn: optional(
      'parameterKeyArn',
      /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
      'the ARN of a key',
    ),
    directMx: flag('directMx', false),
    checks: flag('checks', true),
  };
  const others = (name: string) => notOurs.includes(name) || isOfCdk(name);
  const unknown = Object.keys(node.getAllContext()).filter(name => !known.has(name) && !others(name));
  if (unknown.length > 0) {
    throw new ContextProblem(`context ${unknown.join(', ')}: not known; there are ${[...known].join(', ')}`);
  }
  return context;
}

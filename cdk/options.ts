// The options of a stage: what each may be, and what it is where nobody says. A value that makes no sense stops the
// synthesis. Where the values come from is not its business: the command line, or the app of whoever has the package.

import {RemovalPolicy, Token} from 'aws-cdk-lib';
import {RetentionDays} from 'aws-cdk-lib/aws-logs';
import {areZones, availabilityZone, zonesWanted} from '../shared/availability-zones.ts';
import {isStage} from '../shared/names.ts';
import {standardQueueName} from '../shared/sqs-limits.ts';
import {concurrencyWith, leastConcurrency, mostConcurrency} from '../shared/stage-concurrency.ts';

export interface RelayqOptions {
  /** A part of every name: a lower-case letter, then up to 19 lower-case letters, digits and hyphens. */
  readonly stage: string;
  /** Batches that are routed at the same time, of each of route's three queues: from 2 to 1000, 10 by default. */
  readonly routeConcurrency?: number | undefined;
  /** Batches that are delivered at the same time: from 2 to 1000, 50 by default. */
  readonly deliverConcurrency?: number | undefined;
  /** The same for mail of receivers that are slow: by default a fifth of `deliverConcurrency`, and at least 2. */
  readonly slowConcurrency?: number | undefined;
  /** How long the functions' logs are kept: 30 days by default. */
  readonly logRetentionDays?: RetentionDays | undefined;
  /** Where alarms are mailed to; without it they only show. */
  readonly alarmEmail?: string | undefined;
  /** False leaves out the dashboard; beyond the account's free ones it costs a monthly sum. */
  readonly dashboard?: boolean | undefined;
  /** Queues outside of relayq's own names that a message may have its results sent to. */
  readonly resultQueues?: readonly string[] | undefined;
  /** ARNs of roles, users and accounts (`arn:aws:iam::ACCOUNT:root`) elsewhere that may put messages on the outbox. */
  readonly producers?: readonly string[] | undefined;
  /** ARNs of roles and users that may redrive to the queues that only the functions send to; `*` stands for anything. */
  readonly operators?: readonly string[] | undefined;
  /** The customer managed key that encrypts the SecureString parameters; by default it is alias/aws/ssm. */
  readonly parameterKeyArn?: string | undefined;
  /** The customer managed key that encrypts the queues; by default SQS has keys of its own. */
  readonly queueKeyArn?: string | undefined;
  /** The customer managed key that encrypts the logs; its policy must let in CloudWatch Logs. */
  readonly logKeyArn?: string | undefined;
  /** Puts deliver behind a NAT gateway with an Elastic IP, for port 25. */
  readonly directMx?: boolean | undefined;
  /** Two or more availability zones for it, such as eu-west-1b: by default the first two of the account. */
  readonly zones?: readonly string[] | undefined;
  /** An Elastic IP that is there already, such as one that an earlier stack has left: eipalloc-… */
  readonly eipAllocationId?: string | undefined;
  /** False deletes everything with the stack: queues and their mail, logs, the suppression list, the Elastic IP. */
  readonly retain?: boolean | undefined;
  /** Keeps as much of the account's concurrency for the functions as they may use, and no more. */
  readonly reserveConcurrency?: boolean | undefined;
  /** Whether Lambda logs each invocation: how long it took, how much memory it used, what its start took. */
  readonly invocationReports?: boolean | undefined;
}

type Optional = 'alarmEmail' | 'parameterKeyArn' | 'queueKeyArn' | 'logKeyArn' | 'eipAllocationId';

/** With the defaults. */
export type Options = {
  readonly [Name in keyof RelayqOptions]-?: Name extends Optional
    ? RelayqOptions[Name]
    : Exclude<RelayqOptions[Name], undefined>;
};

/** Of what holds mail, evidence or a reputation. A first deployment that fails leaves nothing. */
export const removalPolicyOf = ({retain}: Pick<Options, 'retain'>): RemovalPolicy =>
  retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

/** A mistake in the options, for whoever gave them. */
export class OptionProblem extends Error {
  override readonly name = 'OptionProblem';
}

/** @throws OptionProblem */
export function resolveOptions(given: RelayqOptions): Options {
  const concurrency = (
    name: 'routeConcurrency' | 'deliverConcurrency' | 'slowConcurrency',
    value: number,
  ): number => {
    if (Number.isInteger(value) && value >= leastConcurrency && value <= mostConcurrency) return value;
    throw new OptionProblem(
      `${name}=${value}: a whole number from ${leastConcurrency} to ${mostConcurrency}`,
    );
  };
  const listOf = (
    name: 'resultQueues' | 'producers' | 'operators' | 'zones',
    rule: Rule,
  ): readonly string[] => (given[name] ?? []).map(item => matching(name, item, rule));
  const optional = (name: Optional, rule: Rule): string | undefined =>
    given[name] === undefined ? undefined : matching(name, given[name], rule);
  if (!isStage(given.stage))
    throw new OptionProblem(`stage=${given.stage}: lower-case letters, digits and hyphens`);
  if (/-(?:results|success|failure|retry)(?:-|$)/.test(given.stage)) {
    const other = given.stage.replace(/-(?:results|success|failure|retry)(?:-.*)?$/, '');
    throw new OptionProblem(`stage=${given.stage}: stage ${other} could send to its queues as result queues`);
  }
  const {route, deliver, slow} = concurrencyWith({
    route: given.routeConcurrency,
    deliver: given.deliverConcurrency,
    slow: given.slowConcurrency,
  });
  return {
    stage: given.stage,
    routeConcurrency: concurrency('routeConcurrency', route),
    deliverConcurrency: concurrency('deliverConcurrency', deliver),
    slowConcurrency: concurrency('slowConcurrency', slow),
    logRetentionDays: retentionOf(given.logRetentionDays ?? RetentionDays.ONE_MONTH),
    alarmEmail: optional('alarmEmail', rules.email),
    dashboard: given.dashboard ?? true,
    resultQueues: listOf('resultQueues', rules.queues),
    producers: listOf('producers', rules.producers),
    operators: listOf('operators', rules.operators),
    parameterKeyArn: optional('parameterKeyArn', rules.key),
    queueKeyArn: optional('queueKeyArn', rules.key),
    logKeyArn: optional('logKeyArn', rules.key),
    directMx: given.directMx ?? false,
    zones: zonesOf(listOf('zones', rules.zones)),
    eipAllocationId: optional('eipAllocationId', rules.allocation),
    retain: given.retain ?? true,
    reserveConcurrency: given.reserveConcurrency ?? false,
    invocationReports: given.invocationReports ?? false,
  };
}

interface Rule {
  readonly pattern: RegExp;
  readonly what: string;
}

const rules = {
  email: {pattern: /^[^\s@]+@[^\s@]+$/, what: 'an e-mail address'},
  // Names go into permissions as they are: a * would permit sending to any queue.
  queues: {pattern: standardQueueName, what: 'names of standard queues'},
  // SQS refuses a * in the principals of producers. ARNs of operators are patterns, where a * may stand for the part
  // of a role's name that single sign-on makes up.
  producers: {
    pattern: /^arn:[\w-]+:iam::\d{12}:(?:root|(?:role|user)\/[\w+=,.@/-]+)$/,
    what: 'ARNs of roles, users or accounts (…:root)',
  },
  operators: {
    pattern: /^arn:[\w-]+:iam::\d{12}:(?:role|user)\/[\w+=,.@/*-]+$/,
    what: 'ARNs of roles or users',
  },
  zones: availabilityZone,
  allocation: {pattern: /^eipalloc-[\da-f]{8,17}$/, what: 'the allocation ID of an Elastic IP'},
  key: {pattern: /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, what: 'the ARN of a key'},
} as const satisfies Readonly<Record<string, Rule>>;

function matching(name: string, value: string, {pattern, what}: Rule): string {
  // What another stack makes has its name at the deployment only.
  if (Token.isUnresolved(value) || pattern.test(value)) return value;
  throw new OptionProblem(`${name}=${value}: ${what}`);
}

function zonesOf(zones: readonly string[]): readonly string[] {
  if (!areZones(zones)) throw new OptionProblem(`zones=${zones.join()}: ${zonesWanted}`);
  return zones;
}

function retentionOf(days: number): RetentionDays {
  if (days in RetentionDays) return days;
  const choices = Object.values(RetentionDays).filter(value => Number(value) <= 3653);
  throw new OptionProblem(`logRetentionDays=${days}: CloudWatch Logs knows ${choices.join(', ')}`);
}

// A function of relayq, of any kind: its bundle, its log group, the variables that it needs, and a role that at first
// can only write the log. A kind is a method: `consumes` for a function that takes from queues, `runsEvery` for one on a
// schedule, `serves` for one with a URL.

import type {Duration} from 'aws-cdk-lib';
import {Rule, Schedule} from 'aws-cdk-lib/aws-events';
import {LambdaFunction as LambdaTarget} from 'aws-cdk-lib/aws-events-targets';
import {Role, ServicePrincipal} from 'aws-cdk-lib/aws-iam';
import type {IKey} from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  FunctionUrlAuthType,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import {SqsEventSource, type SqsEventSourceProps} from 'aws-cdk-lib/aws-lambda-event-sources';
import {NodejsFunction} from 'aws-cdk-lib/aws-lambda-nodejs';
import {FieldIndexPolicy, LogGroup} from 'aws-cdk-lib/aws-logs';
import type {Queue} from 'aws-cdk-lib/aws-sqs';
import {Construct} from 'constructs';
import {logGroupOf, namesOf, needs, type Variable, variables} from '../shared/names.ts';
import {codeOf} from './function-code.ts';
import type {FunctionNetwork} from './function-network.ts';
import {type Options, removalPolicyOf} from './options.ts';
import {grantNetworkInterfaces} from './permissions.ts';

export interface RelayqFunctionProps {
  /** Its folder below functions/. */
  readonly folder: keyof typeof needs;
  readonly timeout: Duration;
  readonly options: Options;
  /** What the stage has to give to functions; each is given what it needs. */
  readonly values: Readonly<Record<Variable, string>>;
  readonly network?: FunctionNetwork | undefined;
  /** Encrypts its log. */
  readonly logKey?: IKey | undefined;
  readonly reservedConcurrency?: number | undefined;
}

/**
 * What people look for in few lines of many: one message, one domain, what failed. Insights reads only what may have it,
 * and bills only that. 20 fields at most (Field index syntax and quotas).
 */
const indexed = ['id', 'domain', 'recipient', 'level'] as const;

export class RelayqFunction extends Construct {
  readonly function: NodejsFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(
    scope: Construct,
    id: string,
    {folder, timeout, options, values, network, logKey, reservedConcurrency}: RelayqFunctionProps,
  ) {
    super(scope, id);
    const functionName = namesOf(options.stage)[folder];
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: logGroupOf(functionName),
      retention: options.logRetentionDays,
      fieldIndexPolicies: [new FieldIndexPolicy({fields: [...indexed]})],
      // People may ask what happened to mail after the stack is gone. Retention deletes the lines.
      removalPolicy: removalPolicyOf(options),
      ...(logKey && {encryptionKey: logKey}),
    });
    this.role = new Role(this, 'Role', {assumedBy: new ServicePrincipal('lambda.amazonaws.com')});
    this.logGroup.grantWrite(this.role);
    if (network) grantNetworkInterfaces(this.role, functionName);
    this.function = new NodejsFunction(this, 'Function', {
      functionName,
      ...codeOf(folder),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // CPU comes with memory: about a third of a core, for TLS and the SDK's start.
      memorySize: 512,
      timeout,
      role: this.role,
      logGroup: this.logGroup,
      // JSON for the platform's own lines too. Each message pays for its lines: only warnings are kept where nobody asks for more.
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: options.invocationReports ? SystemLogLevel.INFO : SystemLogLevel.WARN,
      // A deferred message goes round: waiting, delivery, waiting. Lambda would stop that after about 16 rounds, but
      // maxattempts and maxdelivertime are to end it.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: Object.fromEntries(needs[folder].map(name => [variables[name], values[name]])),
      ...(network && {
        vpc: network.vpc,
        securityGroups: [...network.securityGroups],
        ...(network.subnets && {vpcSubnets: network.subnets}),
      }),
      ...(reservedConcurrency !== undefined && {reservedConcurrentExecutions: reservedConcurrency}),
    });
  }

  /**
   * Takes from a queue. The role may also hide and delete what it has taken: settling is the code's own.
   * @param how many batches at a time, and how long each is collected; without a window it is run at once
   */
  consumes(queue: Queue, how: Pick<SqsEventSourceProps, 'maxConcurrency' | 'maxBatchingWindow'>): void {
    this.function.addEventSource(
      new SqsEventSource(queue, {...how, batchSize: 10, reportBatchItemFailures: true}),
    );
  }

  /** Runs on a schedule. A run that fails is not repeated: the next one does its work. */
  runsEvery(interval: Duration, description: string): void {
    this.function.configureAsyncInvoke({retryAttempts: 0, maxEventAge: interval});
    const target = new LambdaTarget(this.function, {retryAttempts: 0, maxEventAge: interval});
    new Rule(this, 'Schedule', {description, schedule: Schedule.rate(interval), targets: [target]});
  }

  /** Answers HTTPS requests at a URL of its own, from whoever IAM lets call it. @returns the URL */
  serves(): string {
    return this.function.addFunctionUrl({authType: FunctionUrlAuthType.AWS_IAM}).url;
  }
}

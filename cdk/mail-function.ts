// A function of the pipeline: its bundle, its source queue, its log group, and a role that can do what the code
// does and no more.

import {fileURLToPath} from 'node:url';
import {ArnFormat, type Duration, RemovalPolicy, Stack, Validations} from 'aws-cdk-lib';
import type {ISecurityGroup, IVpc} from 'aws-cdk-lib/aws-ec2';
import {PolicyStatement, Role, ServicePrincipal} from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import {SqsEventSource} from 'aws-cdk-lib/aws-lambda-event-sources';
import {NodejsFunction, OutputFormat} from 'aws-cdk-lib/aws-lambda-nodejs';
import {LogGroup} from 'aws-cdk-lib/aws-logs';
import type {Queue} from 'aws-cdk-lib/aws-sqs';
import {Construct} from 'constructs';
import {namesOf, resultKinds, variables} from '../shared/names.ts';
import type {Context} from './context.ts';
import type {Queues} from './queues.ts';

export interface MailFunctionProps {
  readonly functionName: string;
  /** Its folder below functions/. */
  readonly folder: string;
  readonly queues: Queues;
  readonly source: Queue;
  /** The queues it sends to, beside those for results. */
  readonly targets: readonly Queue[];
  readonly timeout: Duration;
  readonly maxConcurrency: number;
  readonly context: Context;
  readonly network?: {readonly vpc: IVpc; readonly securityGroup: ISecurityGroup};
}

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

export class MailFunction extends Construct {
  readonly function: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: MailFunctionProps) {
    super(scope, id);
    const {functionName, folder, queues, source, context} = props;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: context.logRetentionDays,
      // What happened to mail can be asked after the stack is gone; the retention ends it.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.role = new Role(this, 'Role', {assumedBy: new ServicePrincipal('lambda.amazonaws.com')});
    this.function = new NodejsFunction(this, 'Function', {
      functionName,
      entry: `${projectRoot}functions/${folder}/handler.ts`,
      projectRoot,
      depsLockFilePath: `${projectRoot}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // CPU comes with memory, and TLS and the SDK's start want some: about a third of a core.
      memorySize: 512,
      timeout: props.timeout,
      role: this.role,
      logGroup,
      // JSON for the platform's own lines too, and of those only warnings: log bytes are a cost of every message.
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      // A deferred message goes round: outbox, delivery, outbox. Lambda would stop that after about 16 rounds;
      // maxattempts and maxdelivertime are what ends it.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: environmentOf(queues, context.stage),
      ...(props.network && {vpc: props.network.vpc, securityGroups: [props.network.securityGroup]}),
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        // The SDK as locked, rather than the runtime's of the day.
        bundleAwsSDK: true,
      },
    });
    this.function.addEventSource(
      new SqsEventSource(source, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: props.maxConcurrency,
      }),
    );
    logGroup.grantWrite(this.role);
    for (const target of props.targets) allow(this.role, ['sqs:SendMessage'], [target.queueArn]);
    grantResults(this.role, context);
    grantSettings(this.role, context);
  }
}

const environmentOf = (queues: Queues, stage: string): Record<string, string> => ({
  [variables.stage]: stage,
  [variables.outbox]: queues.outbox.queueUrl,
  [variables.outboxDlq]: queues.outboxDlq.queueUrl,
  [variables.delivery]: queues.delivery.queueUrl,
  ...Object.fromEntries(resultKinds.map(kind => [variables[kind], queues.results[kind].queueUrl])),
});

export function allow(role: Role, actions: string[], resources: string[], conditions: Conditions = {}): void {
  role.addToPrincipalPolicy(new PolicyStatement({actions, resources, conditions}));
}

type Conditions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The result queues of the stage, and any that a message may name: relayq-<stage>-results-…, and so on. */
function grantResults(role: Role, {stage, resultQueues}: Context): void {
  const arnOf = (name: string) => arnFor(role, 'sqs', name);
  const own = Object.values(namesOf(stage).results);
  const named = own.map(name => `${name}-*`);
  allow(role, ['sqs:SendMessage', 'sqs:GetQueueUrl'], [...own, ...named, ...resultQueues].map(arnOf));
  for (const name of named) {
    acknowledgeWildcard(
      role,
      arnOf(name),
      'Messages may name result queues of their own, by these prefixes alone.',
    );
  }
}

/** Reading the stage's settings, and decrypting those that are SecureString: through SSM, and those alone. */
function grantSettings(role: Role, {stage, parameterKeyArn}: Context): void {
  const path = arnFor(role, 'ssm', `parameter${namesOf(stage).parameterPath}`);
  allow(role, ['ssm:GetParametersByPath'], [path.slice(0, -1), `${path}*`]);
  acknowledgeWildcard(role, `${path}*`, 'The settings are all parameters below the stage’s path.');
  const anyKey = arnFor(role, 'kms', 'key/*');
  allow(role, ['kms:Decrypt'], [parameterKeyArn ?? anyKey], {
    StringEquals: {'kms:ViaService': `ssm.${Stack.of(role).region}.amazonaws.com`},
    StringLike: {'kms:EncryptionContext:PARAMETER_ARN': `${path}*`},
  });
  if (parameterKeyArn === undefined) {
    acknowledgeWildcard(
      role,
      anyKey,
      'alias/aws/ssm has no ARN before deployment; the conditions allow nothing else.',
    );
  }
}

const arnFor = (scope: Construct, service: string, resource: string): string =>
  Stack.of(scope).formatArn({service, resource, arnFormat: ArnFormat.NO_RESOURCE_NAME});

/** cdk-nag names a finding by the resource, as it reads in the template with its pseudo parameters. */
export function acknowledgeWildcard(role: Role, arn: string, reason: string): void {
  const resolved: unknown = Stack.of(role).resolve(arn);
  const parts =
    typeof resolved === 'string'
      ? [resolved]
      : (resolved as {'Fn::Join': [string, unknown[]]})['Fn::Join'][1];
  const text = parts
    .map(part => (typeof part === 'string' ? part : `<${(part as {Ref: string}).Ref}>`))
    .join('');
  Validations.of(role).acknowledge({id: `AwsSolutions::AwsSolutions-IAM5[Resource::${text}]`, reason});
}

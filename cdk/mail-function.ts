// A function of the pipeline: its bundle, its source queues, its log group, and a role that can do what the code
// does and no more.

import {fileURLToPath} from 'node:url';
import {type Duration, RemovalPolicy} from 'aws-cdk-lib';
import type {ISecurityGroup, IVpc} from 'aws-cdk-lib/aws-ec2';
import {Role, ServicePrincipal} from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import {SqsEventSource} from 'aws-cdk-lib/aws-lambda-event-sources';
import {LogLevel, NodejsFunction, OutputFormat} from 'aws-cdk-lib/aws-lambda-nodejs';
import {LogGroup} from 'aws-cdk-lib/aws-logs';
import type {Queue} from 'aws-cdk-lib/aws-sqs';
import {Construct} from 'constructs';
import {resultKinds, variables} from '../shared/names.ts';
import type {Context} from './context.ts';
import {grantNetworkInterfaces, grantResults, grantSend, grantSettings} from './permissions.ts';
import type {Queues} from './queues.ts';

export interface MailFunctionProps {
  readonly functionName: string;
  /** Its folder below functions/. */
  readonly folder: string;
  readonly queues: Queues;
  readonly sources: readonly Queue[];
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
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: MailFunctionProps) {
    super(scope, id);
    const {functionName, folder, queues, sources, context, network} = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: context.logRetentionDays,
      // What happened to mail can be asked after the stack is gone; the retention ends it.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.role = new Role(this, 'Role', {assumedBy: new ServicePrincipal('lambda.amazonaws.com')});
    this.logGroup.grantWrite(this.role);
    grantSend(this.role, props.targets);
    grantResults(this.role, context);
    grantSettings(this.role, context);
    if (network) grantNetworkInterfaces(this.role, functionName);
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
      logGroup: this.logGroup,
      // JSON for the platform's own lines too, and of those only warnings: log bytes are a cost of every message.
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      // A deferred message goes round: waiting, delivery, waiting. Lambda would stop that after about 16 rounds;
      // maxattempts and maxdelivertime are what ends it.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: environmentOf(queues, context.stage),
      ...(network && {vpc: network.vpc, securityGroups: [network.securityGroup]}),
      bundling: {
        // An import of node:http reads all that it exports, and so loads Node's fetch and WebSocket: 8 ms of a cold
        // start, and more on a part of a core. Lambda's own runtime takes it by require().
        format: OutputFormat.CJS,
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        // The SDK as locked, rather than the runtime's of the day.
        bundleAwsSDK: true,
        logLevel: LogLevel.WARNING,
        // The library starts esbuild with npx, which would ask the registry for a newer npm now and then.
        environment: {npm_config_update_notifier: 'false'},
      },
    });
    // It also lets the role take from the queue, hide what it has taken, and delete it: settling is the code's own.
    for (const source of sources) {
      this.function.addEventSource(
        new SqsEventSource(source, {
          batchSize: 10,
          reportBatchItemFailures: true,
          maxConcurrency: props.maxConcurrency,
        }),
      );
    }
  }
}

const environmentOf = (queues: Queues, stage: string): Record<string, string> => ({
  [variables.stage]: stage,
  [variables.outbox]: queues.outbox.queueUrl,
  [variables.outboxOversize]: queues.outboxOversize.queueUrl,
  [variables.waiting]: queues.waiting.queueUrl,
  [variables.delivery]: queues.delivery.queueUrl,
  ...Object.fromEntries(resultKinds.map(kind => [variables[kind], queues.results[kind].queueUrl])),
});

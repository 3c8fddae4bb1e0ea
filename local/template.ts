// Reads a synthesised CloudFormation template and its asset manifest: parsed JSON in, the resources that the
// local cloud runs out. It touches no file and starts nothing. What it cannot read is an error that names the
// resource, so that nothing runs locally other than as it would be deployed.

import {queuePoliciesOf, rolesOf} from './iam/role-policies.ts';
import {resolveIntrinsics} from './intrinsic-functions.ts';
import type {QueueResource, Resources} from './resources.ts';
import {type Deployment, referencesOf, type Template} from './template-references.ts';
import {eventSourceMappingOf, functionOf, logGroupOf, queueOf, tableOf} from './template-resources.ts';

/** What works without being run: alarms and the like change nothing in what a function does. */
const inert = [
  // Read below: what it allows is what is allowed here.
  /^AWS::IAM::/,
  /^AWS::SQS::QueuePolicy$/,
  /^AWS::CloudWatch::/,
  /^AWS::CDK::/,
  /^AWS::KMS::/,
  /^AWS::Logs::MetricFilter$/,
  /^AWS::SNS::/,
];

/**
 * @param template the parsed `<Stack>.template.json`
 * @param assets the parsed `<Stack>.assets.json`
 * @throws Error naming the logical ID of what cannot be read
 */
export function parseTemplate(template: unknown, assets: unknown, deployment: Deployment): Resources {
  const parsed = template as Template;
  const resources = Object.entries(parsed.Resources ?? {});
  if (resources.length === 0) throw new Error('the template has no resources');
  const references = referencesOf(parsed, deployment);

  /** The resources of a type, read; a mistake in one is reported with its logical ID. */
  const read = <T>(type: string, parse: (logicalId: string, properties: Record<string, unknown>) => T): T[] =>
    resources
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, resource]) => {
        try {
          const properties = resolveIntrinsics(resource.Properties ?? {}, references);
          return parse(logicalId, properties as Record<string, unknown>);
        } catch (error) {
          throw new Error(`${logicalId} (${type}): ${(error as Error).message}`, {cause: error});
        }
      });

  const queues = read('AWS::SQS::Queue', (id, properties) => queueOf(id, properties, references));
  for (const [url, policy] of queuePoliciesOf(parsed, references)) {
    const queue = queues.find(({name}) => deployment.queueUrlOf(name) === url);
    if (queue === undefined) throw new Error(`a policy is for ${url}, which is no queue of the template`);
    queue.attributes.Policy = JSON.stringify(policy);
  }
  const functions = read('AWS::Lambda::Function', (id, properties) =>
    functionOf(id, properties, parsed, assets, references),
  );
  const run = new Set([
    'AWS::SQS::Queue',
    'AWS::Lambda::Function',
    'AWS::Lambda::EventSourceMapping',
    'AWS::DynamoDB::Table',
  ]);
  return {
    queues: deadLetterQueuesFirst(queues, deployment),
    functions,
    eventSourceMappings: read('AWS::Lambda::EventSourceMapping', (id, properties) =>
      eventSourceMappingOf(id, properties, functions),
    ),
    logGroups: read('AWS::Logs::LogGroup', (id, properties) => logGroupOf(id, properties, references)),
    tables: read('AWS::DynamoDB::Table', (id, properties) => tableOf(id, properties, references)),
    roles: rolesOf(parsed, functions, references),
    notRun: resources
      .filter(([, {Type: type}]) => !run.has(type) && type !== 'AWS::Logs::LogGroup')
      .filter(([, {Type: type}]) => !inert.some(pattern => pattern.test(type)))
      .map(([logicalId, {Type: type}]) => ({logicalId, type})),
  };
}

/** CreateQueue refuses a redrive policy whose target does not exist yet. */
function deadLetterQueuesFirst(queues: readonly QueueResource[], {region, accountId}: Deployment) {
  const ordered: QueueResource[] = [];
  const byArn = new Map(queues.map(queue => [`arn:aws:sqs:${region}:${accountId}:${queue.name}`, queue]));
  const visit = (queue: QueueResource, ancestors: readonly QueueResource[]) => {
    if (ancestors.includes(queue)) throw new Error(`${queue.logicalId}: its dead letters come back to it`);
    if (ordered.includes(queue)) return;
    const policy = queue.attributes.RedrivePolicy;
    const target = policy && byArn.get(JSON.parse(policy).deadLetterTargetArn);
    if (target) visit(target, [...ancestors, queue]);
    ordered.push(queue);
  };
  for (const queue of queues) visit(queue, []);
  return ordered;
}

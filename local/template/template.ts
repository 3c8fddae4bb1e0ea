// Reads a synthesised CloudFormation template and its asset manifest: parsed JSON in, the resources that the local
// cloud runs out. It touches no file and starts nothing. What it cannot read is an error that names the resource, so
// that everything runs here as it would be deployed.

import {schedulesOf, scheduleTypes} from '../events/schedule-resource.ts';
import {rolesOf} from '../iam/role-policies.ts';
import {eventSourceMappingOf} from '../lambda/event-source-mapping-resource.ts';
import {functionOf} from '../lambda/function-resource.ts';
import {type AnyService, type ServiceResources, services} from '../services.ts';
import {resolveIntrinsics} from './intrinsic-functions.ts';
import type {Properties} from './properties.ts';
import type {Deployment, Template, TemplateReader} from './reader.ts';
import {referencesOf} from './references.ts';
import type {Resources} from './resources.ts';

/** What nothing has to run: alarms and the like change nothing in what a function does. */
const inert = [
  // The roles and their policies are read below.
  /^AWS::IAM::/,
  /^AWS::CloudWatch::/,
  /^AWS::CDK::/,
  /^AWS::KMS::/,
  /^AWS::Logs::(?:MetricFilter|QueryDefinition)$/,
  /^AWS::SNS::/,
];

const parts = (services as readonly AnyService[]).flatMap(({template}) => template ?? []);

const run = new Set([
  'AWS::Lambda::Function',
  'AWS::Lambda::EventSourceMapping',
  ...scheduleTypes,
  ...parts.flatMap(({identities, nameless = []}) => [...Object.keys(identities), ...nameless]),
]);

/**
 * @param template the parsed `<Stack>.template.json`
 * @param assets the parsed `<Stack>.assets.json`
 * @throws Error with the logical ID of what cannot be read
 */
export function parseTemplate(template: unknown, assets: unknown, deployment: Deployment): Resources {
  const reader = readerOf(template as Template, deployment);
  const functions = reader.each('AWS::Lambda::Function', (id, properties) =>
    functionOf(id, properties, {assets, reader}),
  );
  return {
    ...(Object.assign({}, ...parts.map(part => part.read(reader))) as ServiceResources),
    functions,
    eventSourceMappings: reader.each('AWS::Lambda::EventSourceMapping', (id, properties) =>
      eventSourceMappingOf(id, properties, functions),
    ),
    schedules: schedulesOf(reader, functions),
    roles: rolesOf(reader, functions),
    notRun: Object.entries(reader.template.Resources)
      .filter(([, {Type: type}]) => !run.has(type) && !inert.some(pattern => pattern.test(type)))
      .map(([logicalId, {Type: type}]) => ({logicalId, type})),
  };
}

function readerOf(template: Template, deployment: Deployment): TemplateReader {
  const resources = Object.entries(template.Resources ?? {});
  if (resources.length === 0) throw new Error('the template has no resources');
  const references = referencesOf(template, deployment);
  return {
    template,
    references,
    deployment,
    each: (type, parse) =>
      resources
        .filter(([, resource]) => resource.Type === type)
        .map(([logicalId, resource]) => {
          try {
            const properties = resolveIntrinsics(resource.Properties ?? {}, references) as Properties;
            return parse(logicalId, properties, references);
          } catch (error) {
            throw new Error(`${logicalId} (${type}): ${(error as Error).message}`, {cause: error});
          }
        }),
  };
}

// A synthesised template as services read it: its resources by type, with intrinsic functions resolved, and what a
// resource is called once it is deployed.

import type {References} from './intrinsic-functions.ts';
import type {Properties} from './properties.ts';

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, {readonly Type: string; readonly Default?: unknown}>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Properties;
}

/** Where the template is deployed. */
export interface Deployment {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly queueUrlOf: (queueName: string) => string;
}

/** What other resources get when they refer to a resource (CloudFormation user guide, "Return values" of each type). */
export interface IdentityKind {
  /** The property that names the resource. */
  readonly nameProperty: string;
  of(
    name: string,
    deployment: Deployment,
  ): {readonly ref: string; readonly attributes: Readonly<Record<string, string>>};
}

export interface TemplateReader {
  readonly template: Template;
  readonly references: References;
  readonly deployment: Deployment;
  /** Reads all resources of a type. @throws Error with the logical ID of the one that cannot be read */
  each<T>(type: string, parse: (logicalId: string, properties: Properties, references: References) => T): T[];
}

/** What a service has in a template. */
export interface TemplatePart<Read> {
  /** By type. */
  readonly identities: Readonly<Record<string, IdentityKind>>;
  /** Types that it reads, and that nothing can refer to. */
  readonly nameless?: readonly string[];
  /** Becomes a part of `Resources`. */
  read(reader: TemplateReader): Read;
  /** The policies, as JSON, that the resources have. */
  policiesIn?(read: Read): readonly ResourcePolicy[];
}

export interface ResourcePolicy {
  readonly logicalId: string;
  readonly json: string;
}

/** @throws Error with the logical ID of the resource in front */
export function within<T>(logicalId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${logicalId}: ${(error as Error).message}`, {cause: error});
  }
}

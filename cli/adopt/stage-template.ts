// What a synthesised template has of a stage that outlives its stack: queues, log groups, the suppression list and an
// Elastic IP. Whose stack it is makes no difference: they are known by their names, and logical IDs are read.

import {readFile} from 'node:fs/promises';
import {basename} from 'node:path';
import {isJsonObject, type JsonObject} from '../../shared/json.ts';
import {logGroupsOf, namesOf, queuesOf} from '../../shared/names.ts';
import {UsageError} from '../command/problems.ts';
import {referencesIn} from './references.ts';

export type KeptKind = 'queue' | 'log group' | 'table';

export interface Kept {
  readonly logicalId: string;
  readonly kind: KeptKind;
  readonly name: string;
}

export interface StageTemplate {
  /** What the CDK calls the stack. */
  readonly stack: string;
  readonly kept: readonly Kept[];
  /** Whether the stack makes an Elastic IP for the stage, beside one that may be there. */
  readonly makesAddress: boolean;
  /** All resources, by their logical IDs. */
  readonly resources: ReadonlyMap<string, Resource>;
}

interface Resource {
  /** `AWS::KMS::Key`, and so on. */
  readonly type: string;
  /** Logical IDs of what its definition cannot do without. */
  readonly references: readonly string[];
}

/** Which property names a resource of a type. */
const nameProperties: Readonly<Record<string, readonly [KeptKind, string]>> = {
  'AWS::SQS::Queue': ['queue', 'QueueName'],
  'AWS::Logs::LogGroup': ['log group', 'LogGroupName'],
  'AWS::DynamoDB::Table': ['table', 'TableName'],
};

/** Logical IDs are the path of the construct, and a hash. */
const stageAddress = /DirectMxAddress[0-9A-F]{8}$/;

const suffix = '.template.json';

/** @throws Error that says how to make one */
export async function readStageTemplate(path: string, stage: string): Promise<StageTemplate> {
  return stageTemplateOf(await contentOf(path, stage), path, stage);
}

async function contentOf(path: string, stage: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
    const hint = `npx cdk synth -c stage=${stage} --quiet, with your other -c options, or your own app's`;
    throw new UsageError(`there is no ${path}: type ${hint}; --template names another one`);
  }
}

function stageTemplateOf(content: unknown, path: string, stage: string): StageTemplate {
  const {Resources: resources} = isJsonObject(content) ? content : {};
  if (!isJsonObject(resources)) throw new UsageError(`${path} is no template of CloudFormation`);
  const all = Object.entries(resources).filter((entry): entry is [string, JsonObject] =>
    isJsonObject(entry[1]),
  );
  const kept = all.flatMap(([logicalId, resource]) => keptOf(logicalId, resource, keptNamesOf(stage)));
  if (!kept.some(({kind}) => kind === 'queue'))
    throw new UsageError(`${path} has no queues of stage ${stage}`);
  return {
    stack: basename(path).replace(suffix, ''),
    kept,
    makesAddress: all.some(([id, {Type}]) => Type === 'AWS::EC2::EIP' && stageAddress.test(id)),
    resources: new Map(
      all.map(([id, resource]) => [id, {type: String(resource.Type), references: referencesIn(resource)}]),
    ),
  };
}

function keptOf(logicalId: string, resource: JsonObject, names: KeptNames): readonly Kept[] {
  const {Type, Properties} = resource;
  const [kind, property] = nameProperties[String(Type)] ?? [];
  if (kind === undefined || property === undefined || !isJsonObject(Properties)) return [];
  const name = Properties[property];
  if (typeof name !== 'string' || !names[kind].has(name)) return [];
  return [{logicalId, kind, name}];
}

type KeptNames = Readonly<Record<KeptKind, ReadonlySet<string>>>;

/** Two stages may be in one template. */
function keptNamesOf(stage: string): KeptNames {
  const names = namesOf(stage);
  return {
    queue: new Set(queuesOf(names)),
    'log group': new Set(logGroupsOf(names)),
    // The others go with the stack.
    table: new Set([names.suppressions]),
  };
}

// What a stack can take over of what is there, as `cdk import` wants it; and what stands in the way. Pure.

import type {StageTemplate} from './stage-template.ts';

/** By logical ID, the identifier that CloudFormation knows a resource by: `{"QueueUrl": "https://…"}`. */
export type Mapping = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Found {
  readonly logicalId: string;
  readonly name: string;
  readonly identifier: Readonly<Record<string, string>>;
}

/** Something that a definition refers to, and that is not imported with it. */
export interface Gap {
  /** Names of what refers to it. */
  readonly neededBy: readonly string[];
  readonly logicalId: string;
  /** `AWS::KMS::Key`, and so on; undefined for what is no resource. */
  readonly type: string | undefined;
  /** Its name, where it is a queue of the stage. */
  readonly name: string | undefined;
}

export interface Adoption {
  readonly mapping: Mapping;
  readonly names: readonly string[];
  /** Of the stage's, what is not there. */
  readonly missing: readonly string[];
  readonly gaps: readonly Gap[];
}

export function adoptionOf({kept, resources}: StageTemplate, found: readonly Found[]): Adoption {
  const mapping = Object.fromEntries(found.map(({logicalId, identifier}) => [logicalId, identifier]));
  const nameOf = new Map(kept.map(({logicalId, name}) => [logicalId, name]));
  const referencesOf = (id: string) => resources.get(id)?.references ?? [];
  // What is imported beside them has to have what it refers to, too.
  const needed = new Set(Object.keys(mapping));
  for (const id of needed) for (const reference of referencesOf(id)) needed.add(reference);
  return {
    mapping,
    names: found.map(({name}) => name),
    missing: kept.filter(({logicalId}) => !Object.hasOwn(mapping, logicalId)).map(({name}) => name),
    gaps: [...needed]
      .filter(id => !Object.hasOwn(mapping, id))
      .map(logicalId => ({
        neededBy: [...needed]
          .filter(id => referencesOf(id).includes(logicalId))
          .map(id => nameOf.get(id) ?? id),
        logicalId,
        type: resources.get(logicalId)?.type,
        name: nameOf.get(logicalId),
      })),
  };
}

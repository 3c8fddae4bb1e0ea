// The operations on a parameter's tags (API Reference, AddTagsToResource and its two companions).

import {type Input, strings} from '../endpoint/input.ts';
import {invalidResourceId, invalidResourceType} from './errors.ts';
import {choice, text} from './input.ts';
import type {Operation} from './operation.ts';
import type {Parameter} from './parameter.ts';
import {trimmed} from './parameter-name.ts';
import type {Ssm} from './ssm.ts';
import {checkedTags, tagList, tagsIn} from './tags.ts';

const resourceTypes = [
  'Document',
  'ManagedInstance',
  'MaintenanceWindow',
  'Parameter',
  'PatchBaseline',
  'OpsItem',
  'OpsMetadata',
  'Automation',
  'Association',
] as const;

/** "For the Document and Parameter values, use the name of the resource" (AddTagsToResource). */
function parameterIn(ssm: Ssm, input: Input): Parameter {
  const name = trimmed(text(input, 'ResourceId', {}));
  text(input, 'ResourceType', {});
  const type = choice(input, 'ResourceType', resourceTypes)!;
  if (type !== 'Parameter') throw invalidResourceType(type);
  const parameter = ssm.find(name);
  if (parameter === undefined) throw invalidResourceId();
  return parameter;
}

const addTags: Operation = (ssm, input) => {
  const {name, tags} = parameterIn(ssm, input);
  ssm.setTags(name, checkedTags({...tags, ...tagsIn(input)}));
  return {};
};

const removeTags: Operation = (ssm, input) => {
  const {name, tags} = parameterIn(ssm, input);
  const removed = new Set(strings(input, 'TagKeys'));
  ssm.setTags(name, Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key))));
  return {};
};

const listTags: Operation = (ssm, input) => ({TagList: tagList(parameterIn(ssm, input).tags)});

export const tagOperations: Readonly<Record<string, Operation>> = {
  AddTagsToResource: addTags,
  RemoveTagsFromResource: removeTags,
  ListTagsForResource: listTags,
};

// ParameterFilters (API Reference, ParameterStringFilter): which keys and options an action takes, and whether a parameter
// passes. Every filter must match with one of its values.

import {type Input, objects, strings} from '../endpoint/input.ts';
import {invalidFilterKey, invalidFilterOption, invalidFilterValue, unfit} from './errors.ts';
import {optionalText, text} from './input.ts';
import {latestOf, type Parameter, parameterTypes} from './parameter.ts';
import {checkPath, isBelow} from './parameter-name.ts';

type Filter = (parameter: Parameter) => boolean;

/** The values of a parameter that a key is about. There are no labels. */
const valuesOf: Readonly<Record<string, (parameter: Parameter) => readonly (string | undefined)[]>> = {
  Name: ({name}) => [name],
  Type: parameter => [latestOf(parameter).type],
  KeyId: parameter => [latestOf(parameter).keyId],
  Tier: parameter => [latestOf(parameter).tier],
  DataType: parameter => [latestOf(parameter).dataType],
  Label: () => [],
};

/** "The following Key values are supported for GetParametersByPath: Type, KeyId, and Label." */
export const byPathKeys = ['Type', 'KeyId', 'Label'];

/** "For DescribeParameters, all of the listed patterns are valid except Label." */
export const describeKeys = ['tag', 'Name', 'Type', 'KeyId', 'Path', 'Tier', 'DataType'];

/** @throws AwsError */
export function parseFilters(input: Input, keys: readonly string[]): Filter {
  const filters = objects(input, 'ParameterFilters').map(filter => parseFilter(filter, keys));
  return parameter => filters.every(passes => passes(parameter));
}

function parseFilter(filter: Input, keys: readonly string[]): Filter {
  const key = text(filter, 'Key', {max: 132});
  if (!/^(?:tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$/.test(key))
    throw unfit(
      'Key',
      'Member must satisfy regular expression pattern: tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType',
    );
  const kind = key.startsWith('tag:') ? 'tag' : key;
  if (!keys.includes(kind)) throw invalidFilterKey(key, keys);
  const options = optionsOf(kind);
  const option = optionalText(filter, 'Option', {max: 10}) ?? options[0]!;
  if (!options.includes(option)) throw invalidFilterOption(option, options);
  const values = strings(filter, 'Values');
  if (values.length > 50) throw unfit('Values', 'Member must have length less than or equal to 50');
  if (values.some(value => value === '' || value.length > 1024))
    throw unfit('Values', 'Member must have length between 1 and 1024');
  if (kind === 'tag') return tagFilter(key.slice('tag:'.length), option, values);
  if (values.length === 0)
    throw invalidFilterValue(`The following filter values are missing : null for filter key ${key}`);
  if (kind === 'Path') return pathFilter(values, option === 'Recursive');
  const types: readonly string[] = parameterTypes;
  if (kind === 'Type' && option === 'Equals' && !values.every(value => types.includes(value)))
    throw invalidFilterValue(`The filter key Type takes the values [${types.join(', ')}]`);
  return parameter => valuesOf[kind]!(parameter).some(actual => matches(actual, option, values));
}

/** The first one is the default. */
function optionsOf(kind: string): readonly string[] {
  if (kind === 'Path') return ['OneLevel', 'Recursive'];
  if (kind === 'Label') return ['Equals'];
  // "The Name filter additionally supports the Contains option."
  return kind === 'Name' ? ['Equals', 'BeginsWith', 'Contains'] : ['Equals', 'BeginsWith'];
}

function matches(actual: string | undefined, option: string, values: readonly string[]): boolean {
  if (actual === undefined) return false;
  if (option === 'Equals') return values.includes(actual);
  return values.some(value => (option === 'Contains' ? actual.includes(value) : actual.startsWith(value)));
}

/** Without values, the tag only has to be there. */
const tagFilter =
  (tag: string, option: string, values: readonly string[]): Filter =>
  ({tags}) =>
    values.length === 0 ? Object.hasOwn(tags, tag) : matches(tags[tag], option, values);

function pathFilter(paths: readonly string[], recursive: boolean): Filter {
  for (const path of paths) checkPath(path);
  return ({name}) => paths.some(path => isBelow(name, path, recursive));
}

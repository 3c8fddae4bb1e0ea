// The operations on single parameters: what they read of a request, and the answers that AWS gives (API Reference, the
// action of the same name).

import {flag, type Input} from '../endpoint/input.ts';
import {parameterAnswer} from './answers.ts';
import {invalid, notHere, parameterNotFound, unfit, versionNotFound} from './errors.ts';
import {choice, nameIn, namesIn, optionalText, text} from './input.ts';
import type {Operation} from './operation.ts';
import {latestOf, type Parameter, type ParameterVersion, parameterTypes} from './parameter.ts';
import {checkName, parseReference, trimmed} from './parameter-name.ts';
import {type PutRequest, tiers} from './parameter-rules.ts';
import type {Ssm} from './ssm.ts';
import {tagsIn} from './tags.ts';

const putParameter: Operation = (ssm, input) => {
  const name = nameIn(input);
  const request = putRequestIn(input);
  const tags = tagsIn(input);
  if (request.overwrite && Object.keys(tags).length > 0) {
    throw invalid(
      "Tags and Overwrite can't be used together. Create the parameter without Overwrite, or use AddTagsToResource.",
    );
  }
  if (optionalText(input, 'Policies', {max: 4096}) !== undefined) throw notHere('parameter policies');
  const {version, tier} = ssm.putVersion(name, request, tags);
  return {Version: version, Tier: tier};
};

function putRequestIn(input: Input): PutRequest {
  const keyId = optionalText(input, 'KeyId', {max: 256});
  if (keyId !== undefined && !/^[a-zA-Z0-9:/_-]+$/.test(keyId))
    throw unfit('KeyId', 'Member must satisfy regular expression pattern: ^([a-zA-Z0-9:/_-]+)$');
  return {
    value: text(input, 'Value', {}),
    overwrite: flag(input, 'Overwrite'),
    type: choice(input, 'Type', parameterTypes),
    tier: choice(input, 'Tier', tiers),
    dataType: optionalText(input, 'DataType', {max: 128}),
    description: optionalText(input, 'Description', {min: 0, max: 1024}),
    allowedPattern: optionalText(input, 'AllowedPattern', {min: 0, max: 1024}),
    keyId,
  };
}

interface Found {
  readonly parameter: Parameter;
  readonly version: ParameterVersion;
  readonly selector: string | undefined;
}

/** "To query by parameter version, use "Name": "name:version"." @throws AwsError */
function find(ssm: Ssm, reference: string): Found {
  const {name, selector} = parseReference(reference, ssm.arnOf);
  const parameter = ssm.find(name);
  if (parameter === undefined) throw parameterNotFound(name);
  const version =
    selector === undefined
      ? latestOf(parameter)
      : parameter.versions.find(each => String(each.version) === selector);
  if (version === undefined) throw versionNotFound(name, selector!);
  return {parameter, version, selector};
}

const getParameter: Operation = (ssm, input) => {
  const withDecryption = flag(input, 'WithDecryption');
  const {parameter, ...shown} = find(ssm, nameIn(input));
  return {Parameter: parameterAnswer(ssm, parameter, {...shown, withDecryption})};
};

const getParameters: Operation = (ssm, input) => {
  const withDecryption = flag(input, 'WithDecryption');
  const found: Found[] = [];
  const missing: string[] = [];
  for (const reference of new Set(namesIn(input))) {
    const {name, selector} = parseReference(reference, ssm.arnOf);
    const versions = ssm.find(name)?.versions ?? [];
    const isThere = versions.some(({version}) => selector === undefined || String(version) === selector);
    if (isThere) found.push(find(ssm, reference));
    else missing.push(reference);
  }
  // "The results for GetParameters requests are listed in alphabetical order".
  found.sort((a, b) => (a.parameter.name < b.parameter.name ? -1 : 1));
  return {
    Parameters: found.map(({parameter, ...shown}) =>
      parameterAnswer(ssm, parameter, {...shown, withDecryption}),
    ),
    InvalidParameters: missing,
  };
};

/** "You can't enter the Amazon Resource Name (ARN) for a parameter, only the parameter name itself." */
function plainName(given: string): string {
  const name = trimmed(given);
  checkName(name);
  return name;
}

const deleteParameter: Operation = (ssm, input) => {
  const name = plainName(nameIn(input));
  if (!ssm.delete(name)) throw parameterNotFound(name);
  return {};
};

const deleteParameters: Operation = (ssm, input) => {
  const names = [...new Set(namesIn(input).map(plainName))];
  const {deleted = [], missing = []} = Object.groupBy(names, name =>
    ssm.delete(name) ? 'deleted' : 'missing',
  );
  return {DeletedParameters: deleted, InvalidParameters: missing};
};

export const parameterOperations: Readonly<Record<string, Operation>> = {
  PutParameter: putParameter,
  GetParameter: getParameter,
  GetParameters: getParameters,
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
};

// Parameter Store's errors, under the names that AWS gives them ("Errors" of each action in the Systems Manager
// API Reference). ValidationException is the one that stands on no action's page and is used by all.

import {AwsError} from '../aws-error.ts';

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** In the wording of AWS's validator, with the member's name as it writes it: `maxResults`. */
export const unfit = (member: string, constraint: string): AwsError => {
  const written = member.charAt(0).toLowerCase() + member.slice(1);
  return invalid(
    `1 validation error detected: Value at '${written}' failed to satisfy constraint: ${constraint}`,
  );
};

export const parameterNotFound = (name: string): AwsError =>
  new AwsError('ParameterNotFound', `Parameter ${name} not found.`);

export const versionNotFound = (name: string, selector: string): AwsError =>
  new AwsError('ParameterVersionNotFound', `${name} has no version or label ${selector}.`);

export const parameterAlreadyExists = (): AwsError =>
  new AwsError('ParameterAlreadyExists', 'The parameter already exists. Set Overwrite to replace its value.');

/** A name beneath `aws`: AWS answers as to somebody without the permission. */
export const reservedName = (name: string): AwsError =>
  new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);

export const tooManyLevels = (most: number): AwsError =>
  new AwsError('HierarchyLevelLimitExceededException', `A hierarchy can have a maximum of ${most} levels.`);

export const typeMismatch = (from: string, to: string): AwsError =>
  new AwsError(
    'HierarchyTypeMismatchException',
    `The type of a parameter can't be changed, here from ${from} to ${to}. Create a new parameter.`,
  );

export const tooManyParameters = (most: number): AwsError =>
  new AwsError('ParameterLimitExceeded', `An account can have a maximum of ${most} standard parameters.`);

export const invalidAllowedPattern = (pattern: string): AwsError =>
  new AwsError('InvalidAllowedPatternException', `AllowedPattern is not a regular expression: ${pattern}`);

export const patternMismatch = (pattern: string): AwsError =>
  new AwsError(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );

export const invalidNextToken = (): AwsError =>
  new AwsError('InvalidNextToken', 'The specified token is not valid.');

export const invalidFilterKey = (key: string, valid: readonly string[]): AwsError =>
  new AwsError(
    'InvalidFilterKey',
    `The following filter key is not valid: ${key}. Valid filter keys include: [${valid.join(', ')}].`,
  );

export const invalidFilterOption = (option: string, valid: readonly string[]): AwsError =>
  new AwsError(
    'InvalidFilterOption',
    `The following filter option is not valid: ${option}. Valid options include: [${valid.join(', ')}].`,
  );

export const invalidFilterValue = (message: string): AwsError => new AwsError('InvalidFilterValue', message);

export const invalidResourceType = (type: string): AwsError =>
  new AwsError('InvalidResourceType', `Only resources of the type Parameter exist here, not ${type}.`);

export const invalidResourceId = (): AwsError =>
  new AwsError('InvalidResourceId', 'The resource ID is not valid.');

export const tooManyTags = (most: number): AwsError =>
  new AwsError('TooManyTagsError', `A parameter can have a maximum of ${most} tags.`);

/** What AWS has and this Parameter Store has not: better refused than ignored. */
export const notHere = (what: string): AwsError => invalid(`The local Parameter Store has no ${what}.`);

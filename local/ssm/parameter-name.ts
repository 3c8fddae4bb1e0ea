// The names of parameters: which are allowed, which are the same, and how requests refer to one (AWS Systems Manager User
// Guide, "Requirements and constraints for parameter names").

import {invalid, reservedName, tooManyLevels} from './errors.ts';

const mostLevels = 15;
const longestArn = 1011;
const path = /^(?:\/[\w.-]+)+$/;
const single = /^[\w.-]+$/;

/** "The service removes any spaces specified for the beginning or end of a parameter name" (PutParameter). */
export const trimmed = (name: string): string => name.replace(/^ +| +$/g, '');

/** `/TestParam1` and `TestParam1` "are not unique": what the ARN ends with identifies a parameter. */
export const keyOf = (name: string): string => name.replace(/^\//, '');

const levelsOf = (name: string): readonly string[] => keyOf(name).split('/');

const badName = () =>
  invalid(
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it begins with a slash ' +
      'and consists of sub-paths divided by slashes, each of letters, numbers and the 3 symbols .-_',
  );

/** @throws AwsError when no parameter can have the name */
export function checkName(name: string): void {
  if ((!path.test(name) && !single.test(name)) || /^ssm/i.test(keyOf(name))) throw badName();
}

/** @throws AwsError when no parameter may be created under the name */
export function checkNewName(name: string, arn: string): void {
  checkName(name);
  // "A parameter name can't be prefixed with "aws" or "ssm" (case-insensitive)" (PutParameter).
  if (/^aws/i.test(keyOf(name))) throw reservedName(name);
  if (levelsOf(name).length > mostLevels) throw tooManyLevels(mostLevels);
  // "This count of 1011 characters includes the characters in the ARN that precede the name" (PutParameter).
  if (arn.length > longestArn)
    throw invalid(
      `Parameter name: with its ARN it has ${arn.length} characters, at most ${longestArn} are allowed.`,
    );
}

/** A path may end with a slash. @throws AwsError when it is no path: "Hierarchies start with a forward slash" */
export function checkPath(given: string): void {
  if (given === '/' || path.test(given.replace(/\/$/, ''))) return;
  throw invalid(
    'The parameter doesn\'t meet the parameter name requirements. A path begins with a forward slash "/" and has only ' +
      'letters, numbers, . (period), - (hyphen) and _ (underscore) between its slashes, as in /get/by1./path0_.',
  );
}

/** "The hierarchy is the parameter name except the last part of the parameter" (GetParametersByPath). */
export function isBelow(name: string, given: string, recursive: boolean): boolean {
  const above = levelsOf(name).slice(0, -1);
  const asked = given.split('/').filter(level => level !== '');
  if (!recursive && above.length !== asked.length) return false;
  return asked.every((level, index) => level === above[index]);
}

export interface NameAndSelector {
  readonly name: string;
  /** A version number or a label, after a colon (GetParameter, Name). */
  readonly selector?: string;
}

/** Reads a name or an ARN of this account, with or without a selector. @throws AwsError */
export function parseReference(reference: string, arnOf: (name: string) => string): NameAndSelector {
  const prefix = arnOf('');
  const given = trimmed(reference);
  const isArn = given.startsWith(prefix);
  const [key = '', selector, ...more] = (isArn ? given.slice(prefix.length) : given).split(':');
  // An ARN does not show the first slash of a name with several levels.
  const name = isArn && key.includes('/') ? `/${key}` : key;
  if (more.length > 0 || selector === '') throw badName();
  checkName(name);
  return {name, ...(selector !== undefined && {selector})};
}

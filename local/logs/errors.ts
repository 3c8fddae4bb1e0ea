// CloudWatch Logs' errors, under the names and in the words that AWS gives them ("Errors" of each action in the
// CloudWatch Logs API Reference).

import {AwsError} from '../aws-error.ts';

export const invalidParameter = (message: string): AwsError =>
  new AwsError('InvalidParameterException', message);

/** In the wording of AWS's validator. */
export const unfit = (member: string, value: unknown, constraint: string): AwsError => {
  const written =
    value === undefined ? 'null' : `'${Array.isArray(value) ? `[${value.join(', ')}]` : value}'`;
  return invalidParameter(
    `1 validation error detected: Value ${written} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
};

export const logGroupNotFound = (): AwsError =>
  new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');

export const logStreamNotFound = (): AwsError =>
  new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');

export const queryNotFound = (): AwsError =>
  new AwsError('ResourceNotFoundException', 'The specified query does not exist.');

export const invalidNextToken = (): AwsError => invalidParameter('The specified nextToken is invalid.');

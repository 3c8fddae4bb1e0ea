// CloudWatch's errors, under the names of its JSON protocol and of the query protocol.

import {AwsError} from '../aws-error.ts';

export const invalidValue = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message, 400, {queryCode: 'InvalidParameterValue'});

export const missing = (name: string): AwsError =>
  new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`, 400, {
    queryCode: 'MissingParameter',
  });

export const invalidNextToken = (): AwsError =>
  new AwsError('InvalidNextToken', 'The specified nextToken is invalid.');

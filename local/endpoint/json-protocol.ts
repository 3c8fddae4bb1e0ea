// The parts of AWS JSON 1.0 and 1.1 (smithy.io, "AWS JSON 1.0 protocol"): the target header, the body, and the name of
// an error's shape.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from './aws-service.ts';

/** The two halves of an X-Amz-Target header: `AmazonSQS.SendMessage`. */
export function parseTarget(header: string): {readonly prefix: string; readonly operation: string} {
  const dot = header.lastIndexOf('.');
  return {prefix: header.slice(0, Math.max(dot, 0)), operation: header.slice(dot + 1)};
}

export function parseJsonInput(body: Buffer): Record<string, unknown> {
  // An operation without parameters may come without a body.
  if (body.length === 0) return {};
  let input: unknown;
  try {
    input = JSON.parse(body.toString());
  } catch (error) {
    throw malformed((error as Error).message);
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw malformed('Start of structure or map found where not expected.');
  }
  return input as Record<string, unknown>;
}

/** The body is not JSON, or a parameter is not of the type that its shape has. */
export const malformed = (reason: string): AwsError =>
  new AwsError('SerializationException', reason, 400, {queryCode: 'MalformedInput'});

/** Errors of AWS's framework, not of one service. Their shapes have a namespace and names of their own. */
const frameworkShapes: Readonly<Record<string, string>> = {
  AccessDenied: 'AccessDeniedException',
  InternalFailure: 'InternalFailure',
  InvalidParameterValue: 'InvalidParameterValueException',
  MissingParameter: 'MissingRequiredParameterException',
  RequestEntityTooLarge: 'RequestEntityTooLargeException',
  SerializationException: 'SerializationException',
  ServiceUnavailable: 'ServiceUnavailableException',
  UnknownOperationException: 'UnknownOperationException',
};

/** The value of `__type`. A service without a namespace writes the bare name. */
export function shapeOf(error: AwsError, namespace: string | undefined): string {
  if (namespace === undefined) return error.code;
  const shape = frameworkShapes[error.code];
  return shape === undefined ? `${namespace}#${error.code}` : `com.amazon.coral.service#${shape}`;
}

/** A time is a number of seconds. */
export const jsonOf = (answer: object): string =>
  JSON.stringify(answer, function replacer(this: Readonly<Record<string, unknown>>, name, value) {
    const original = this[name];
    return original instanceof Date ? original.getTime() / 1000 : value;
  });

/**
 * A service that once spoke the query protocol also gives the name that an error had in it (smithy.io,
 * "awsQueryCompatible trait").
 */
export const queryErrorHeaderOf = (
  error: AwsError,
  service: AwsService | undefined,
): Record<string, string> =>
  service?.query === undefined ? {} : {'x-amzn-query-error': `${error.queryCode};${error.fault}`};

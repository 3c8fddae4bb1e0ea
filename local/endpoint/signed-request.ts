// What the JSON and the query protocol have in common: who signed a request, and what an error becomes. Signatures
// are not checked.

import type {IncomingMessage} from 'node:http';
import {AwsError} from '../aws-error.ts';
import type {AwsRequest} from './aws-service.ts';
import type {Visit} from './door.ts';
import {NoAnswer} from './no-answer.ts';

/** The access key that signed a request, and the service that it is for (AWS Signature Version 4, "Credential"). */
export function credentialOf({headers}: IncomingMessage): {
  readonly accessKeyId: string;
  readonly service: string;
} {
  const [accessKeyId = '', , , service = ''] =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1]?.split('/') ?? [];
  return {accessKeyId, service};
}

export function signedRequestOf(
  {request, signal}: Visit,
  asked: Pick<AwsRequest, 'service' | 'operation' | 'input'>,
): AwsRequest {
  return {
    ...asked,
    accessKeyId: credentialOf(request).accessKeyId,
    sessionToken: String(request.headers['x-amz-security-token'] ?? ''),
    traceHeader: String(request.headers['x-amzn-trace-id'] ?? ''),
    signal,
  };
}

export const unknownOperation = (operation: string): AwsError =>
  new AwsError('UnknownOperationException', `The action ${operation} is not valid for this endpoint.`, 400, {
    queryCode: 'InvalidAction',
  });

/**
 * A bug of the local cloud looks like one of AWS's: clients retry it, and its text says what it was.
 * @throws NoAnswer
 */
export function awsErrorOf(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown;
  if (thrown instanceof NoAnswer) throw thrown;
  return new AwsError(
    'InternalFailure',
    thrown instanceof Error ? String(thrown.stack) : String(thrown),
    500,
  );
}

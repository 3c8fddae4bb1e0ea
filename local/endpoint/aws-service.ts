// One of AWS's services as the endpoint sees it: what it is called, the protocols that it speaks, and its calls.

import type {AwsError} from '../aws-error.ts';

export interface AwsRequest {
  /** The name of the service: `sqs`, `ssm`. */
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  /** The access key of the signature; empty for an anonymous request. */
  readonly accessKeyId: string;
  /** The token of temporary credentials. Each execution environment has its own. Empty without one. */
  readonly sessionToken: string;
  /** The X-Ray trace that the request belongs to. The SDK passes on that of the invocation. Empty without one. */
  readonly traceHeader: string;
  /** Aborted when the client is gone, or when the endpoint closes. */
  readonly signal: AbortSignal;
}

/** The older protocol of a service that still has one: a form comes in, XML goes out. */
export interface QueryCodec {
  inputOf(form: URLSearchParams, path: string): Record<string, unknown>;
  answerOf(operation: string, output: Record<string, unknown>, requestId: string): string;
  errorOf(error: AwsError, requestId: string): string;
}

export interface AwsService {
  /** As signatures and the actions of IAM name it: `sqs`. */
  readonly name: string;
  /** What its clients write in X-Amz-Target before the operation: `AmazonSQS`. Without one, it has no protocol in JSON. */
  readonly target?: string;
  /** Whether it has the protocol in CBOR too. */
  readonly isCbor?: boolean;
  /** The namespace of its error shapes: `com.amazonaws.sqs`. Without one, errors have bare names. */
  readonly namespace?: string;
  readonly query?: QueryCodec;
  /** A Date in its answer is written as a time of the protocol. @throws AwsError, NoAnswer */
  readonly call: (request: AwsRequest) => Promise<Record<string, unknown>>;
}

// One request's reply: it tells AWS's two protocols apart, asks the service, and writes the answer or the error
// in the protocol that was spoken. It knows no operation, and signatures are not checked.

import {randomUUID} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {AwsError} from './aws-error.ts';
import type {AwsService, ListenOptions, QueryCodec} from './http.ts';
import {parseJsonInput, parseTarget, shapeOf} from './json-protocol.ts';
import {NoAnswer} from './no-answer.ts';
import {readBody} from './request-body.ts';
import {errorXmlOf} from './xml.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Services by the prefix of X-Amz-Target that their clients send. */
const serviceOfTarget: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  AmazonSSM: 'ssm',
  DynamoDB_20120810: 'dynamodb',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'monitoring',
};

export interface Surroundings {
  readonly services: Readonly<Record<string, AwsService>>;
  readonly signal: AbortSignal;
  readonly before: ListenOptions['before'];
  readonly pages: ListenOptions['pages'];
}

export async function replyTo(request: IncomingMessage, surroundings: Surroundings): Promise<Reply> {
  const root = 'http://127.0.0.1/';
  const {pathname, searchParams} = URL.parse(request.url ?? '', root) ?? new URL(root);
  const page = surroundings.pages?.[pathname];
  if (page !== undefined) {
    return page({method: request.method ?? '', body: (await readBody(request)).toString()});
  }
  const target = request.headers['x-amz-target'];
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  if (target === undefined && (isForm || searchParams.has('Action'))) {
    return queryReplyTo(request, searchParams, pathname, surroundings);
  }
  if (target === undefined && request.method === 'GET') {
    const health = {services: Object.keys(surroundings.services)};
    return {status: 200, headers: {'content-type': 'application/json'}, body: `${JSON.stringify(health)}\n`};
  }
  return jsonReplyTo(request, String(target ?? ''), surroundings);
}

async function jsonReplyTo(
  request: IncomingMessage,
  target: string,
  {services, signal, before}: Surroundings,
): Promise<Reply> {
  const requestId = randomUUID();
  // AWS answers in the version that it was asked in.
  const contentType = request.headers['content-type']?.split(';')[0] ?? 'application/x-amz-json-1.0';
  const headers = {'x-amzn-requestid': requestId, 'content-type': contentType};
  const {prefix, operation} = parseTarget(target);
  const name = serviceOfTarget[prefix] ?? '';
  const service = services[name];
  try {
    const body = await readBody(request);
    if (service === undefined || request.method !== 'POST') throw unknownOperation(target);
    const input = parseJsonInput(body);
    const {accessKeyId} = parseCredential(request.headers.authorization);
    const sessionToken = sessionTokenOf(request);
    const traceHeader = traceHeaderOf(request);
    const call = {service: name, operation, input, accessKeyId, sessionToken, traceHeader, signal};
    await before?.(call);
    return {status: 200, headers, body: JSON.stringify(await service(call))};
  } catch (thrown) {
    const error = awsErrorOf(thrown);
    // Only services that once spoke the query protocol name an error as they did then (smithy.io,
    // "awsQueryCompatible trait").
    const old = service?.query && {'x-amzn-query-error': `${error.queryCode};${error.fault}`};
    const body = JSON.stringify({
      __type: shapeOf(error, service?.namespace),
      message: error.message,
      ...error.members,
    });
    return {status: error.status, headers: {...headers, ...old}, body};
  }
}

async function queryReplyTo(
  request: IncomingMessage,
  searchParams: URLSearchParams,
  path: string,
  {services, signal, before}: Surroundings,
): Promise<Reply> {
  const requestId = randomUUID();
  const headers = {'x-amzn-requestid': requestId, 'content-type': 'text/xml'};
  let codec: QueryCodec | undefined;
  try {
    const body = await readBody(request);
    // A GET too may do anything, as in AWS: what no link, picture or form can send is the signature.
    const form = request.method === 'GET' ? searchParams : new URLSearchParams(body.toString());
    const {accessKeyId, service: name} = parseCredential(request.headers.authorization);
    if (accessKeyId === '') throw missingAuthenticationToken();
    const service = Object.hasOwn(services, name) ? services[name] : undefined;
    codec = service?.query;
    const operation = form.get('Action') ?? '';
    const isAsked = request.method === 'GET' || request.method === 'POST';
    if (!isAsked || service === undefined || codec === undefined) throw unknownOperation(operation);
    const input = codec.inputOf(form, path);
    const sessionToken = sessionTokenOf(request);
    const traceHeader = traceHeaderOf(request);
    const call = {service: name, operation, input, accessKeyId, sessionToken, traceHeader, signal};
    await before?.(call);
    return {status: 200, headers, body: codec.answerOf(operation, await service(call), requestId)};
  } catch (thrown) {
    const error = awsErrorOf(thrown);
    const body = codec?.errorOf(error, requestId) ?? errorXmlOf(error, {requestId});
    return {status: error.status, headers, body};
  }
}

/** Whose key signed the request and for which service (AWS Signature Version 4, "Credential"). */
function parseCredential(authorization = ''): {accessKeyId: string; service: string} {
  const [accessKeyId = '', , , service = ''] =
    /Credential=([^,\s]+)/.exec(authorization)?.[1]?.split('/') ?? [];
  return {accessKeyId, service};
}

const sessionTokenOf = ({headers}: IncomingMessage): string => String(headers['x-amz-security-token'] ?? '');

const traceHeaderOf = ({headers}: IncomingMessage): string => String(headers['x-amzn-trace-id'] ?? '');

const missingAuthenticationToken = (): AwsError =>
  new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);

const unknownOperation = (operation: string): AwsError =>
  new AwsError('UnknownOperationException', `The action ${operation} is not valid for this endpoint.`, 400, {
    queryCode: 'InvalidAction',
  });

/**
 * A bug of ours must look like one of AWS's: clients retry it, and its text tells what it was.
 * @throws NoAnswer
 */
function awsErrorOf(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown;
  if (thrown instanceof NoAnswer) throw thrown;
  return new AwsError(
    'InternalFailure',
    thrown instanceof Error ? String(thrown.stack) : String(thrown),
    500,
  );
}

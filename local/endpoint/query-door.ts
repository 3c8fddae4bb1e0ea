// The door of AWS's query protocol (smithy.io, "AWS query protocol"), for the services that speak it. The signature
// names the service, and the parameter Action the operation.

import {randomUUID} from 'node:crypto';
import {AwsError} from '../aws-error.ts';
import type {AwsService, QueryCodec} from './aws-service.ts';
import type {Door, Reply, Visit} from './door.ts';
import {readBody} from './request-body.ts';
import {awsErrorOf, credentialOf, signedRequestOf, unknownOperation} from './signed-request.ts';
import {errorXmlOf} from './xml.ts';

export const queryDoor = (services: readonly AwsService[]): Door => ({
  takes: ({request: {headers}, query}) => {
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
    return headers['x-amz-target'] === undefined && (isForm || query.has('Action'));
  },
  reply: visit => reply(visit, services),
});

async function reply(visit: Visit, services: readonly AwsService[]): Promise<Reply> {
  const {request, query, path} = visit;
  const requestId = randomUUID();
  const headers = {'x-amzn-requestid': requestId, 'content-type': 'text/xml'};
  let codec: QueryCodec | undefined;
  try {
    const body = await readBody(request);
    // As in AWS, a GET may do anything. No link, picture or form of a web page can send the signature.
    const form = request.method === 'GET' ? query : new URLSearchParams(body.toString());
    const credential = credentialOf(request);
    if (credential.accessKeyId === '') throw missingAuthenticationToken();
    const service = services.find(({name}) => name === credential.service);
    codec = service?.query;
    const operation = form.get('Action') ?? '';
    const isAsked = request.method === 'GET' || request.method === 'POST';
    if (!isAsked || service === undefined || codec === undefined) throw unknownOperation(operation);
    const input = codec.inputOf(form, path);
    const answer = await service.call(signedRequestOf(visit, {service: service.name, operation, input}));
    return {status: 200, headers, body: codec.answerOf(operation, answer, requestId)};
  } catch (thrown) {
    const error = awsErrorOf(thrown);
    const body = codec?.errorOf(error, requestId) ?? errorXmlOf(error, {requestId});
    return {status: error.status, headers, body};
  }
}

const missingAuthenticationToken = (): AwsError =>
  new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);

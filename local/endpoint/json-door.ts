// The door of AWS JSON 1.0 and 1.1 (smithy.io, "AWS JSON 1.0 protocol"). X-Amz-Target names the service and the
// operation.

import {randomUUID} from 'node:crypto';
import type {AwsService} from './aws-service.ts';
import type {Door, Reply, Visit} from './door.ts';
import {jsonOf, parseJsonInput, parseTarget, queryErrorHeaderOf, shapeOf} from './json-protocol.ts';
import {readBody} from './request-body.ts';
import {awsErrorOf, signedRequestOf, unknownOperation} from './signed-request.ts';

/** It takes every request: what is not of its protocol gets an error of it. */
export const jsonDoor = (services: readonly AwsService[]): Door => ({
  takes: () => true,
  reply: visit => reply(visit, services),
});

async function reply(visit: Visit, services: readonly AwsService[]): Promise<Reply> {
  const {request} = visit;
  // AWS answers in the version that it was asked in.
  const contentType = request.headers['content-type']?.split(';')[0] ?? 'application/x-amz-json-1.0';
  const headers = {'x-amzn-requestid': randomUUID(), 'content-type': contentType};
  const asked = String(request.headers['x-amz-target'] ?? '');
  const {prefix, operation} = parseTarget(asked);
  const service = services.find(({target}) => target === prefix);
  try {
    const body = await readBody(request);
    if (service === undefined || request.method !== 'POST') throw unknownOperation(asked);
    const input = parseJsonInput(body);
    const answer = await service.call(signedRequestOf(visit, {service: service.name, operation, input}));
    return {status: 200, headers, body: jsonOf(answer)};
  } catch (thrown) {
    const error = awsErrorOf(thrown);
    const body = JSON.stringify({
      __type: shapeOf(error, service?.namespace),
      message: error.message,
      ...error.members,
    });
    return {status: error.status, headers: {...headers, ...queryErrorHeaderOf(error, service)}, body};
  }
}

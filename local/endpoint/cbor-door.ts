// The door of Smithy's RPC v2 protocol in CBOR (smithy.io, "Smithy RPC v2 CBOR protocol"), which newer versions of `aws`
// speak where a service does. The path names the service and the operation.

import {randomUUID} from 'node:crypto';
import type {AwsService} from './aws-service.ts';
import {cborOf, parseCborInput} from './cbor-protocol.ts';
import type {Door, Reply, Visit} from './door.ts';
import {queryErrorHeaderOf, shapeOf} from './json-protocol.ts';
import {readBody} from './request-body.ts';
import {awsErrorOf, signedRequestOf, unknownOperation} from './signed-request.ts';

const protocol = 'rpc-v2-cbor';
const route = /^\/service\/([^/]+)\/operation\/([^/]+)$/;

export const cborDoor = (services: readonly AwsService[]): Door => ({
  takes: ({request}) => request.headers['smithy-protocol'] === protocol,
  reply: visit => reply(visit, services),
});

async function reply(visit: Visit, services: readonly AwsService[]): Promise<Reply> {
  const headers = {
    'x-amzn-requestid': randomUUID(),
    'smithy-protocol': protocol,
    'content-type': 'application/cbor',
  };
  const [, target = '', operation = ''] = route.exec(visit.path) ?? [];
  const service = services.find(each => each.isCbor && each.target === target);
  try {
    const body = await readBody(visit.request);
    if (service === undefined || visit.request.method !== 'POST') throw unknownOperation(operation);
    const input = parseCborInput(body);
    const answer = await service.call(signedRequestOf(visit, {service: service.name, operation, input}));
    return {status: 200, headers, body: cborOf(answer)};
  } catch (thrown) {
    const error = awsErrorOf(thrown);
    const body = cborOf({
      __type: shapeOf(error, service?.namespace),
      message: error.message,
      ...error.members,
    });
    return {status: error.status, headers: {...headers, ...queryErrorHeaderOf(error, service)}, body};
  }
}

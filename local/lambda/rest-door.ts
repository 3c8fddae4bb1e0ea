// The door of Lambda's API in REST and JSON (smithy.io, "AWS restJson1 protocol"): the path and the method name the
// operation.

import {randomUUID} from 'node:crypto';
import type {AwsService} from '../endpoint/aws-service.ts';
import type {Door, Reply, Visit} from '../endpoint/door.ts';
import {readBody} from '../endpoint/request-body.ts';
import {awsErrorOf, signedRequestOf, unknownOperation} from '../endpoint/signed-request.ts';

const accountSettings = /^\/2016-08-19\/account-settings\/?$/;
const invocations = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
/** Of all operations: the path begins with the date of a version. */
const ofLambda = /^\/20\d\d-\d\d-\d\d\/(?:account-settings|functions)\b/;

export const restDoor = (call: AwsService['call']): Door => ({
  takes: ({path}) => ofLambda.test(path),
  reply: visit => reply(visit, call),
});

async function reply(visit: Visit, call: AwsService['call']): Promise<Reply> {
  const {request, path} = visit;
  const headers = {'x-amzn-requestid': randomUUID(), 'content-type': 'application/json'};
  try {
    const body = await readBody(request);
    const asked = (operation: string, input: Record<string, unknown>) =>
      call(signedRequestOf(visit, {service: 'lambda', operation, input}));
    if (accountSettings.test(path) && request.method === 'GET')
      return {status: 200, headers, body: JSON.stringify(await asked('GetAccountSettings', {}))};
    const [, name] = invocations.exec(path) ?? [];
    if (name === undefined || request.method !== 'POST') throw unknownOperation(`${request.method} ${path}`);
    const {Payload: payload, FunctionError: failed} = await asked('Invoke', {
      FunctionName: decodeURIComponent(name),
      InvocationType: request.headers['x-amz-invocation-type'],
      Payload: body.toString(),
    });
    const ofInvoke = {
      'x-amz-executed-version': '$LATEST',
      ...(failed !== undefined && {'x-amz-function-error': String(failed)}),
    };
    return {status: 200, headers: {...headers, ...ofInvoke}, body: String(payload)};
  } catch (thrown) {
    const error = awsErrorOf(thrown);
    const type = error.fault === 'Sender' ? 'User' : 'Service';
    return {
      status: error.status,
      headers: {...headers, 'x-amzn-errortype': error.code},
      body: JSON.stringify({Type: type, Message: error.message, message: error.message}),
    };
  }
}

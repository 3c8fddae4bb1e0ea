// The half of Lambda's Node.js runtime that runs inside an execution environment. It loads the handler from the task root,
// asks the Runtime API (2018-06-01) for invocations, and reports their outcomes, as version 4 of the runtime interface
// client does (npm: aws-lambda-ric). Of the local cloud it knows the address in AWS_LAMBDA_RUNTIME_API alone. It is plain
// JavaScript, as an environment starts faster when no types have to be stripped.

import {createRequire} from 'node:module';
import {followCloud, putForward} from './bootstrap-clock.mjs';
import {loadHandler} from './bootstrap-handler.mjs';
import {errorDocumentOf, invocation, logError} from './bootstrap-log.mjs';

// An import would load fetch and WebSocket too. Then a function's cold start would not show that the function loads them.
const {Agent, request} = createRequire(import.meta.url)('node:http');

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({keepAlive: true, maxSockets: 1});
/** The cloud stops: handlers that ask how much time is left get none. */
let draining = false;
process.on('SIGTERM', () => {
  draining = true;
});

/** One call of the Runtime API. */
const call = (method, path, body, headers = {}) =>
  new Promise((done, fail) => {
    const sent = request(
      {host, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers},
      response => {
        const chunks = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => done({headers: response.headers, body: Buffer.concat(chunks).toString()}));
      },
    );
    sent.on('error', fail);
    // There is one connection. When it closes, the cloud is gone.
    sent.once('socket', socket => {
      if (socket.listenerCount('close', abandoned) === 0) socket.on('close', abandoned);
    });
    sent.end(body);
  });
const abandoned = () => process.exit(1);

const report = (path, error) => {
  const document = errorDocumentOf(error);
  return call('POST', path, JSON.stringify(document), {
    'Content-Type': 'application/vnd.aws.lambda.error+json',
    'Lambda-Runtime-Function-Error-Type': document.errorType,
  });
};

const contextOf = headers => {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    clientContext: undefined,
    identity: undefined,
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: undefined,
    xRayTraceId: headers['lambda-runtime-trace-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => (draining ? 0 : deadlineMs - Date.now()),
  };
};

class JSONStringifyError extends Error {
  name = 'Runtime.JSONStringifyError';
}

function serialised(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw new JSONStringifyError('Unable to stringify response body');
  }
}

async function invoke(handler, event, context) {
  try {
    const result = await handler(event, context);
    return {path: 'response', body: serialised(result)};
  } catch (error) {
    logError('Invoke Error', error);
    return {path: 'error', error};
  }
}

async function run() {
  if (process.argv.includes('--test-clock')) followCloud();
  const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER).catch(async error => {
    logError('Init Error', error);
    await report('init/error', error);
    throw error;
  });
  for (;;) {
    const {headers, body} = await call('GET', 'invocation/next');
    const requestId = headers['lambda-runtime-aws-request-id'];
    invocation.requestId = requestId;
    putForward(Number(headers['relayq-clock-ahead-ms'] ?? 0));
    process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
    const outcome = await invoke(handler, JSON.parse(body), contextOf(headers));
    if (outcome.path === 'error') await report(`invocation/${requestId}/error`, outcome.error);
    else {
      await call('POST', `invocation/${requestId}/response`, outcome.body, {
        'Content-Type': 'application/json',
      });
    }
  }
}
// An error outside of a handler ends the process, as Node.js does, and Lambda reports that it exited.
void run();

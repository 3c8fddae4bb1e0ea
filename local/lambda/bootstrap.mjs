// The half of Lambda's Node.js runtime that runs inside an execution environment: loads the handler from the
// task root, asks the Runtime API (2018-06-01) for invocations, reports what came of them, as version 4 of the
// runtime interface client does (npm: aws-lambda-ric). It knows nothing of the local cloud but the address in
// AWS_LAMBDA_RUNTIME_API. Plain JavaScript: an environment starts faster without stripping types.

import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {basename, dirname, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {format} from 'node:util';

// Not by import, which would load fetch and WebSocket too: a function's cold start would not show that it does.
const {Agent, request} = createRequire(import.meta.url)('node:http');

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({keepAlive: true, maxSockets: 1});
/** The cloud stops: handlers that ask how much time is left have none. */
let draining = false;
process.on('SIGTERM', () => {
  draining = true;
});
/** The invocation in hand: console lines belong to it. */
let requestId = '-';

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
    // There is one connection, and it is never closed while the cloud lives: nobody is left to work for.
    sent.once('socket', socket => {
      if (socket.listenerCount('close', abandoned) === 0) socket.on('close', abandoned);
    });
    sent.end(body);
  });
const abandoned = () => process.exit(1);

/** The error document of the Runtime API. */
const errorDocumentOf = error =>
  error instanceof Error
    ? {errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? []}
    : {errorType: typeof error, errorMessage: String(error), trace: []};

const report = (path, error) => {
  const document = errorDocumentOf(error);
  return call('POST', path, JSON.stringify(document), {
    'Content-Type': 'application/vnd.aws.lambda.error+json',
    'Lambda-Runtime-Function-Error-Type': document.errorType,
  });
};

/** What JSON.stringify makes of errors, wherever they are: their parts under the names that a format gives them. */
const withErrors = partsOf => (_, value) => (value instanceof Error ? partsOf(value) : value);

/** In text, an error is a JSON object after a tab. */
const textErrors = withErrors(error => ({
  errorType: error.name,
  errorMessage: error.message,
  code: error.code,
  ...error,
  stack: error.stack?.split('\n'),
}));
function errorLineOf(error) {
  try {
    return `\t${JSON.stringify(error, textErrors)}`;
  } catch {
    return `\t${JSON.stringify(errorDocumentOf(error))}`;
  }
}

// Text format ("Log and monitor Node.js Lambda functions"): time, request id, level, message. A message of
// several lines is one event: its line feeds travel as carriage returns.
const textLine = (level, message, rest) =>
  [new Date().toISOString(), requestId, level, format(message, ...rest)].join('\t').replaceAll('\n', '\r');

// JSON format: one object a line; a single argument stays what it is ("Log and monitor …", JSON log format).
function jsonLine(level, message, rest) {
  const line = {timestamp: new Date().toISOString(), level, requestId};
  if (rest.length > 0) {
    const error = rest.find(argument => argument instanceof Error);
    return JSON.stringify({...line, message: format(message, ...rest), ...(error && errorFieldsOf(error))});
  }
  try {
    return JSON.stringify({...line, message}, jsonErrors);
  } catch {
    return JSON.stringify({...line, message: format(message)});
  }
}
const errorFieldsOf = error => ({
  errorType: error.constructor?.name ?? 'UnknownError',
  errorMessage: error.message,
  stackTrace: error.stack?.split('\n') ?? [],
});
const jsonErrors = withErrors(error => ({...errorFieldsOf(error), ...error}));

const isJson = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
const lineOf = isJson ? jsonLine : textLine;
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const least = levels.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? 'TRACE');
const printer = level =>
  levels.indexOf(level) < least
    ? () => {}
    : (message, ...rest) => process.stdout.write(`${lineOf(level, message, rest)}\n`);
Object.assign(console, {
  trace: printer('TRACE'),
  debug: printer('DEBUG'),
  info: printer('INFO'),
  log: printer('INFO'),
  warn: printer('WARN'),
  error: printer('ERROR'),
  fatal: printer('FATAL'),
});
function logError(label, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (isJson) console.error(error);
  else console.error(label, errorLineOf(error));
}

class MalformedHandlerNameError extends Error {
  name = 'Runtime.MalformedHandlerName';
}
class ImportModuleError extends Error {
  name = 'Runtime.ImportModuleError';
}
class UserCodeSyntaxError extends Error {
  name = 'Runtime.UserCodeSyntaxError';
}
class HandlerNotFoundError extends Error {
  name = 'Runtime.HandlerNotFound';
}
class CallbackHandlerDeprecatedError extends Error {
  name = 'Runtime.CallbackHandlerDeprecated';
}
class JSONStringifyError extends Error {
  name = 'Runtime.JSONStringifyError';
}

/** `dir/module.handler`: the module's file, and the path of the function in its exports. */
async function loadHandler(root, handler) {
  const [, moduleName, exported] = /^([^.]+)\.(.+)$/.exec(basename(handler)) ?? [];
  if (!moduleName) throw new MalformedHandlerNameError('Bad handler');
  const path = resolve(root, dirname(handler), moduleName);
  const file = ['.js', '.mjs', '.cjs'].map(extension => path + extension).find(name => existsSync(name));
  if (!file) throw new ImportModuleError(`Error: Cannot find module '${moduleName}'`);
  const module = await import(pathToFileURL(file)).catch(error => {
    const {stack} = error ?? {};
    if (error instanceof SyntaxError) throw Object.assign(new UserCodeSyntaxError(String(error)), {stack});
    // Of require() alone: import says ERR_MODULE_NOT_FOUND.
    throw error?.code === 'MODULE_NOT_FOUND' ? new ImportModuleError(String(error)) : error;
  });
  const follow = from => exported.split('.').reduce((value, name) => value?.[name], from);
  const found = follow(module) || follow(module.default);
  if (!found) throw new HandlerNotFoundError(`${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new HandlerNotFoundError(`${handler} is not a function`);
  // Removed from Lambda with Node.js 24 ("Define Lambda function handler in Node.js").
  if (found.length > 2) {
    const change = 'You need to modify this function to use a supported handler signature';
    throw new CallbackHandlerDeprecatedError(
      `ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ${change} to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.`,
    );
  }
  return found;
}

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
  const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER).catch(async error => {
    logError('Init Error', error);
    await report('init/error', error);
    throw error;
  });
  for (;;) {
    const {headers, body} = await call('GET', 'invocation/next');
    requestId = headers['lambda-runtime-aws-request-id'];
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
// What fails outside a handler ends the process as Node.js sees fit, and Lambda says that it exited.
void run();

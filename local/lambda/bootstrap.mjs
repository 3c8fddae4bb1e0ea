// The half of Lambda's Node.js runtime that runs inside an execution environment: loads the handler from the
// task root, asks the Runtime API (2018-06-01) for invocations, reports what came of them. It knows nothing of
// the local cloud but the address in AWS_LAMBDA_RUNTIME_API. Plain JavaScript: an environment starts faster
// without stripping types.

import {existsSync} from 'node:fs';
import {Agent, request} from 'node:http';
import {basename, dirname, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {format, types} from 'node:util';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({keepAlive: true, maxSockets: 1});
/** The invocation in hand; console lines and failures outside the handler belong to it. */
let requestId;

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

const isErrorLike = error =>
  types.isNativeError(error) || (typeof error?.name === 'string' && typeof error?.stack === 'string');

/** The error document of the Runtime API. */
const errorDocumentOf = error =>
  isErrorLike(error)
    ? {errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n')}
    : {errorType: typeof error, errorMessage: String(error), trace: []};

const report = (path, error) => {
  const document = errorDocumentOf(error);
  return call('POST', path, JSON.stringify(document), {
    'Content-Type': 'application/vnd.aws.lambda.error+json',
    'Lambda-Runtime-Function-Error-Type': document.errorType,
  });
};

/** The log line of an error: its properties, its name and its stack, as one JSON object after a tab. */
const errorLineOf = error => {
  const {errorType, errorMessage, trace} = errorDocumentOf(error);
  try {
    return `\t${JSON.stringify({errorType, errorMessage, code: error?.code, ...Object(error), stack: trace})}`;
  } catch {
    return `\t${JSON.stringify({errorType, errorMessage, stack: trace})}`;
  }
};

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
    const replacer = (_, value) => (value instanceof Error ? errorFieldsOf(value) : value);
    return JSON.stringify({...line, message}, replacer);
  } catch {
    return JSON.stringify({...line, message: format(message)});
  }
}
const errorFieldsOf = error => ({
  errorType: error.name,
  errorMessage: error.message,
  stackTrace: String(error.stack).split('\n'),
  ...error,
});

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
});
const logError = (label, error) => (isJson ? console.error(error) : console.error(label, errorLineOf(error)));

const named = (name, message) => Object.assign(new Error(message), {name});

/** `dir/module.handler`: the module's file, and the path of the function in its exports. */
async function loadHandler(root, handler) {
  const [, moduleName, exported] = /^([^.]+)\.(.+)$/.exec(basename(handler)) ?? [];
  if (!moduleName) throw named('Runtime.MalformedHandlerName', `Bad handler ${handler}`);
  const path = resolve(root, dirname(handler), moduleName);
  const file = ['.js', '.mjs', '.cjs'].map(extension => path + extension).find(name => existsSync(name));
  if (!file) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  const module = await import(pathToFileURL(file)).catch(error => {
    if (error instanceof SyntaxError)
      throw named('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    if (!/MODULE_NOT_FOUND$/.test(error?.code)) throw error;
    throw named('Runtime.ImportModuleError', `Error: ${error.message}`);
  });
  const follow = from => exported.split('.').reduce((value, name) => value?.[name], from);
  const found = follow(module) ?? follow(module.default);
  if (typeof found !== 'function') {
    throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  // Removed from Lambda with Node.js 24 ("Define Lambda function handler in Node.js").
  if (found.length > 2) {
    throw named(
      'Runtime.CallbackHandlerDeprecated',
      `${handler} takes a callback, which Node.js 24 has no more`,
    );
  }
  return found;
}

const contextOf = headers => {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
};

/** An error that no handler caught ends the environment, after it was reported. */
const crash = (label, exitCode) => async reason => {
  const error =
    label === 'Uncaught Exception' ? reason : named('Runtime.UnhandledPromiseRejection', String(reason));
  logError(label, error);
  await report(requestId ? `invocation/${requestId}/error` : 'init/error', error).catch(() => undefined);
  process.exit(exitCode);
};
process.on('uncaughtException', crash('Uncaught Exception', 129));
process.on('unhandledRejection', crash('Unhandled Promise Rejection', 128));

async function invoke(handler, event, context) {
  try {
    const result = await handler(event, context);
    return {path: 'response', body: JSON.stringify(result) ?? 'null'};
  } catch (error) {
    logError('Invoke Error', error);
    return {path: 'error', error};
  }
}

// Not awaited at the top level: an error of the handler's module is an uncaught exception as any other.
async function run() {
  const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
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
run().catch(crash('Uncaught Exception', 129));

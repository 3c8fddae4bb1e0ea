// What a function's console prints, in the format and from the level on that its configuration asks for ("Log and
// monitor Node.js Lambda functions").

import {format} from 'node:util';

/** The invocation that console lines belong to. */
export const invocation = {requestId: '-'};

/** The error document of the Runtime API. */
export const errorDocumentOf = error =>
  error instanceof Error
    ? {errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? []}
    : {errorType: typeof error, errorMessage: String(error), trace: []};

/** For JSON.stringify: writes errors, wherever they are, as their parts under the names of a format. */
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

// Text format: time, request id, level, message. A message of several lines is one event, as its line feeds are sent as
// carriage returns.
const textLine = (level, message, rest) =>
  [new Date().toISOString(), invocation.requestId, level, format(message, ...rest)]
    .join('\t')
    .replaceAll('\n', '\r');

// JSON format: one object a line. A single argument stays what it is.
function jsonLine(level, message, rest) {
  const line = {timestamp: new Date().toISOString(), level, requestId: invocation.requestId};
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

/** @param label what stands before the error in text */
export function logError(label, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (isJson) console.error(error);
  else console.error(label, errorLineOf(error));
}

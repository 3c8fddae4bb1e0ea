// The outcome of an invocation, and how Lambda words the failures that it finds itself.

/** The error document of the Runtime API and of Invoke. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type Invocation =
  | {readonly ok: true; readonly requestId: string; readonly payload: string}
  | {
      readonly ok: false;
      readonly requestId: string;
      readonly error: FunctionError;
      /** The handler was never reached: its module could not be loaded. */
      readonly atInit: boolean;
    };

/** The limit of a request and of a response: 6 MB ("Lambda quotas"). The number is that of the error message. */
export const maximumPayloadOctets = 6_291_556;

export const timedOut = (requestId: string, timeoutS: number): FunctionError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutS.toFixed(2)} seconds`,
});

export const initTimedOut = (timeoutMs: number): FunctionError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `Init timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
});

export const exited = (
  requestId: string,
  {code, signal}: {readonly code: number | null; readonly signal: string | null},
): FunctionError => {
  const how = signal === null ? `exit status ${code}` : `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  const what = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`;
  return {errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${what}`};
};

export const responseTooLarge: FunctionError = {
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${maximumPayloadOctets} bytes).`,
};

/** Invoke answers with this before it invokes anything. */
export class RequestTooLarge extends Error {
  override readonly name = 'RequestTooLargeException';

  constructor(octets: number) {
    super(
      `${octets} byte payload is too large for the Invoke operation (limit ${maximumPayloadOctets} bytes)`,
    );
  }
}

/** Invoke answers with this when the function goes round with SQS, or with another service that keeps count. */
export class RecursiveInvocation extends Error {
  override readonly name = 'RecursiveInvocationException';

  constructor(functionName: string, invocations: number) {
    super(
      `Lambda has detected your function being invoked in a recursive loop with other AWS resources and stopped your function's invocation: ${functionName} was invoked ${invocations} times in the same chain of requests`,
    );
  }
}

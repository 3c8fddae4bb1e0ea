// The operations of Lambda's API that the local cloud has: GetAccountSettings and Invoke, which runs a function at once and
// answers with what it returns.

import {AwsError} from '../aws-error.ts';
import type {AwsRequest} from '../endpoint/aws-service.ts';
import {type Input, optionalString} from '../endpoint/input.ts';
import {RequestTooLarge} from './function-error.ts';
import type {LambdaFunction} from './lambda-function.ts';

/** How many executions the account may have at the same time, and those of them that no function has for itself. */
export interface Concurrency {
  readonly all: number;
  readonly unreserved: number;
}

type Functions = ReadonlyMap<string, Pick<LambdaFunction, 'invoke' | 'definition'>>;

export class LambdaApi {
  /** What a test may set. */
  concurrency: Concurrency;
  #functions: Functions = new Map();

  constructor(concurrency: Concurrency) {
    this.concurrency = concurrency;
  }

  /** The functions that can be invoked, by name. */
  serve(functions: Functions): void {
    this.#functions = functions;
  }

  async call({operation, input}: Pick<AwsRequest, 'operation' | 'input'>): Promise<Record<string, unknown>> {
    if (operation === 'GetAccountSettings') return this.#accountSettings();
    if (operation === 'Invoke') return this.#invoke(input);
    throw new AwsError('UnknownOperationException', `The local Lambda has no operation ${operation}.`, 404);
  }

  #accountSettings(): Record<string, unknown> {
    const {all, unreserved} = this.concurrency;
    return {
      AccountLimit: {
        TotalCodeSize: 80_530_636_800,
        CodeSizeUnzipped: 262_144_000,
        CodeSizeZipped: 52_428_800,
        ConcurrentExecutions: all,
        UnreservedConcurrentExecutions: unreserved,
      },
      AccountUsage: {TotalCodeSize: 0, FunctionCount: this.#functions.size},
    };
  }

  /** @returns its payload, and whether the function has failed */
  async #invoke(input: Input): Promise<Record<string, unknown>> {
    const name = optionalString(input, 'FunctionName') ?? '';
    const type = optionalString(input, 'InvocationType') ?? 'RequestResponse';
    if (type !== 'RequestResponse')
      throw new AwsError(
        'InvalidParameterValueException',
        `The local Lambda invokes no functions by ${type}.`,
      );
    const invoked = this.#functions.get(name);
    if (invoked === undefined)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    const payload = optionalString(input, 'Payload') || '{}';
    if (!isJson(payload))
      throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.');
    try {
      const invocation = await invoked.invoke(payload);
      if (invocation.ok) return {Payload: invocation.payload};
      return {Payload: JSON.stringify(invocation.error), FunctionError: 'Unhandled'};
    } catch (error) {
      if (error instanceof RequestTooLarge) throw new AwsError(error.name, error.message, 413);
      throw error;
    }
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

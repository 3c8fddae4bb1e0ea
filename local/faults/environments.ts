// The execution environments as faults see them: who makes a call, and whom to kill.

import type {ExecutionEnvironment} from '../lambda/execution-environment.ts';
import type {LambdaFunction} from '../lambda/lambda-function.ts';
import {matches} from './call.ts';

export type Functions = ReadonlyMap<string, Pick<LambdaFunction, 'environments'>>;

export interface Caller {
  readonly functionName: string;
  readonly environment: ExecutionEnvironment;
}

/** Finds a caller by its session token: every environment has its own. */
export function callerOf(functions: Functions, sessionToken: string): Caller | undefined {
  if (sessionToken === '') return undefined;
  for (const [functionName, {environments}] of functions) {
    for (const environment of environments) {
      if (environment.sessionToken === sessionToken) return {functionName, environment};
    }
  }
  return undefined;
}

/** The environments of the functions whose names fit the pattern. */
export const environmentsOf = (functions: Functions, pattern = '*'): ExecutionEnvironment[] =>
  [...functions]
    .filter(([name]) => matches(pattern, name))
    .flatMap(([, {environments}]) => [...environments].filter(({alive}) => alive));

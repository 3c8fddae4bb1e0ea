// The Condition element of a statement, as far as policies use it here (IAM User Guide, "IAM JSON policy elements:
// Condition operators"). An unknown operator or key is an error: a Deny that is not understood would allow what AWS does
// not allow.

import {isJsonObject} from '../json.ts';
import {arnPattern, refuseVariables, type Test, wildcard} from './pattern.ts';

/** What is known of a request, by condition key in lower case: keys are not case-sensitive. */
export type Context = Readonly<Record<string, string>>;
export type Condition = (context: Context) => boolean;

/** The keys that policies may ask for. One that is not in a request's context is absent from the request. */
const knownKeys = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  'kms:calleraccount',
  'kms:encryptioncontext:parameter_arn',
  'kms:viaservice',
  'lambda:sourcefunctionarn',
  // Only requests that an AWS service makes for somebody have these. A function's own requests never do.
  'aws:principalservicename',
  'aws:sourceaccount',
  'aws:sourcearn',
]);

interface Operator {
  readonly test: (value: string) => Test;
  readonly negated?: boolean;
}

const exactly = (value: string): Test => {
  refuseVariables(value);
  return text => text === value;
};
const ignoringCase = (value: string): Test => {
  const same = exactly(value.toLowerCase());
  return text => same(text.toLowerCase());
};

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: {test: exactly},
  StringNotEquals: {test: exactly, negated: true},
  StringEqualsIgnoreCase: {test: ignoringCase},
  StringNotEqualsIgnoreCase: {test: ignoringCase, negated: true},
  StringLike: {test: value => wildcard(value)},
  StringNotLike: {test: value => wildcard(value), negated: true},
  // "The ArnEquals and ArnLike condition operators behave identically."
  ArnEquals: {test: arnPattern},
  ArnLike: {test: arnPattern},
  ArnNotEquals: {test: arnPattern, negated: true},
  ArnNotLike: {test: arnPattern, negated: true},
  Bool: {test: ignoringCase},
};

/** All conditions must hold. @throws Error for what is not known */
export function parseConditions(block: unknown): Condition {
  if (block === undefined) return () => true;
  if (!isJsonObject(block)) throw new Error('Condition must be an object');
  const conditions = Object.entries(block).flatMap(([operator, keys]) => {
    if (!isJsonObject(keys)) throw new Error(`Condition ${operator} must be an object`);
    return Object.entries(keys).map(([key, values]) => parseCondition(operator, key, values));
  });
  return context => conditions.every(holds => holds(context));
}

function parseCondition(name: string, givenKey: string, given: unknown): Condition {
  const key = givenKey.toLowerCase();
  if (!knownKeys.has(key)) throw new Error(`the condition key ${givenKey} is not known to the local cloud`);
  const values = (Array.isArray(given) ? given : [given]).map(String);
  if (name === 'Null') {
    const absences = values.map(value => value.toLowerCase() === 'true');
    return context => absences.includes(context[key] === undefined);
  }
  const [, base = '', ifExists] = /^(.+?)(IfExists)?$/.exec(name) ?? [];
  const operator = operators[base];
  if (operator === undefined)
    throw new Error(`the condition operator ${name} is not known to the local cloud`);
  const {test, negated = false} = operator;
  const tests = values.map(test);
  return context => {
    const value = context[key];
    // "If the key that you specify … is not present in the request context, the values do not match", which is
    // what a negated operator asks for.
    if (value === undefined) return ifExists !== undefined || negated;
    return tests.some(matches => matches(value)) !== negated;
  };
}

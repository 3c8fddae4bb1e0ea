// Reads the statements of a policy (IAM User Guide, "IAM JSON policy elements reference"). An unknown element is an error.

import {isJsonObject} from '../json.ts';
import {type Condition, type Context, parseConditions} from './condition.ts';
import {arnPattern, type Test, wildcard} from './pattern.ts';

/** The caller, as policies name principals. */
export interface Principal {
  readonly accountId: string;
  readonly roleArn: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
  readonly sessionArn: string;
}

export interface AccessRequest {
  readonly principal: Principal;
  /** `sqs:SendMessage` */
  readonly action: string;
  /** An ARN, or `*` for an action that has no resource. */
  readonly resource: string;
  readonly context: Context;
}

/** How a statement's Principal names the caller: not at all, by its account, or by itself. */
type Naming = 'none' | 'account' | 'self';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly action: Test;
  readonly resource: Test;
  readonly condition: Condition;
  /** Always `self` for an identity's own policy. */
  readonly naming: (principal: Principal) => Naming;
}

export const applies = (
  {action, resource, condition}: Statement,
  {action: asked, resource: of, context}: AccessRequest,
): boolean => action(asked) && resource(of) && condition(context);

const elements = [
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'Condition',
];

/** @param of whose policy it is: an identity's has no principals. @throws Error with the number of the statement */
export function parsePolicy(document: unknown, of: 'identity' | 'resource'): readonly Statement[] {
  return statementsOf(document).map((statement, index) => {
    try {
      return parseStatement(statement, of);
    } catch (error) {
      throw new Error(`statement ${index + 1}: ${(error as Error).message}`, {cause: error});
    }
  });
}

/** A single statement may stand alone ("IAM JSON policy elements: Statement"). */
export function statementsOf(document: unknown): readonly unknown[] {
  if (!isJsonObject(document)) throw new Error('a policy must be an object');
  const {Statement: statements} = document;
  if (statements === undefined) throw new Error('a policy must have a Statement');
  return Array.isArray(statements) ? statements : [statements];
}

function parseStatement(raw: unknown, of: 'identity' | 'resource'): Statement {
  if (!isJsonObject(raw)) throw new Error('a statement must be an object');
  const unknown = Object.keys(raw).filter(name => !elements.includes(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is not known to the local cloud`);
  const {Effect: effect, Action, NotAction, Resource, NotResource, Principal, Condition} = raw;
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error('Effect must be Allow or Deny');
  if ((Principal === undefined) !== (of === 'identity'))
    throw new Error(`Principal is for policies of resources, and must be there`);
  return {
    effect,
    action: eitherOf('Action', Action, NotAction, pattern => wildcard(pattern, {ignoreCase: true})),
    resource: eitherOf('Resource', Resource, NotResource, arnPattern),
    condition: parseConditions(Condition),
    naming: of === 'identity' ? () => 'self' : parsePrincipal(Principal),
  };
}

/** Reads an element or its opposite: exactly one of the two must be there. */
function eitherOf(name: string, wanted: unknown, unwanted: unknown, test: (pattern: string) => Test): Test {
  if ((wanted === undefined) === (unwanted === undefined))
    throw new Error(`either ${name} or Not${name} must be there`);
  const tests = stringsOf(name, wanted ?? unwanted).map(test);
  const isWanted = wanted !== undefined;
  return text => tests.some(matches => matches(text)) === isWanted;
}

export function stringsOf(name: string, value: unknown): readonly string[] {
  const strings = Array.isArray(value) ? value : [value];
  if (strings.length === 0 || !strings.every(each => typeof each === 'string'))
    throw new Error(`${name} must be a string or a list of strings`);
  return strings;
}

/** "AWS JSON policy elements: Principal". A function is never a service or a federated user. */
function parsePrincipal(given: unknown): Statement['naming'] {
  if (given === '*') return () => 'self';
  if (!isJsonObject(given)) throw new Error('Principal must be "*" or an object');
  const {AWS: accounts = [], Service: _service, Federated: _federated, ...others} = given;
  if (Object.keys(others).length > 0)
    throw new Error(`Principal ${Object.keys(others)} is not known to the local cloud`);
  const names = Array.isArray(accounts) && accounts.length === 0 ? [] : stringsOf('Principal AWS', accounts);
  return ({accountId, roleArn, sessionArn}) => {
    if (names.some(name => name === '*' || name === roleArn || name === sessionArn)) return 'self';
    const account = [accountId, `arn:aws:iam::${accountId}:root`];
    return names.some(name => account.includes(name)) ? 'account' : 'none';
  };
}

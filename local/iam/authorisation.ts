// Who may do what at the endpoint: a function what the policies of its role and of the queues allow it, anybody
// else, with whatever credentials, everything: the user at the terminal is the account's administrator.

import type {AwsRequest} from '../http.ts';
import {accessKeyIdOf} from '../lambda/environment-variables.ts';
import type {EventSourceMappingResource, FunctionResource, Resources} from '../resources.ts';
import {accessDenied} from './access-denied.ts';
import type {Context} from './condition.ts';
import {type Refusal, refusalOf} from './decision.ts';
import {type KeyUse, keyArnOf, keyPolicyOf} from './parameter-keys.ts';
import {type Account, type Permission, permissionsFor} from './required-permissions.ts';
import {roleIdOf} from './role-id.ts';
import {type Principal, parsePolicy, type Statement} from './statement.ts';

export interface AuthorisationOptions {
  readonly resources: Resources;
  readonly account: Account;
  /** The policy of a queue, as JSON, by the queue's ARN; undefined when it has none. */
  readonly queuePolicyOf: (arn: string) => string | undefined;
}

interface Caller {
  readonly senderId: string;
  readonly principal: Principal;
  readonly statements: readonly Statement[];
  readonly context: Context;
  /** What was decided before, under which policy of the queue, by action and resource. */
  readonly decided: Map<
    string,
    {readonly queuePolicy: string | undefined; readonly refusal: Refusal | undefined}
  >;
}

/** Resources have names that functions can make up: beyond so many it begins anew. */
const mostDecided = 10_000;

export class Authorisation {
  readonly #options: AuthorisationOptions;
  /** By access key. */
  readonly #callers = new Map<string, Caller>();
  /** By its JSON. */
  readonly #queuePolicies = new Map<string, readonly Statement[]>();

  /** @throws Error naming the policy that has something in it that is not known here */
  constructor(options: AuthorisationOptions) {
    this.#options = options;
    for (const definition of options.resources.functions) {
      this.#callers.set(accessKeyIdOf(definition), this.#callerOf(definition));
    }
    for (const {logicalId, attributes} of options.resources.queues) {
      if (attributes.Policy !== undefined)
        reading(logicalId, () => this.#parseQueuePolicy(attributes.Policy!));
    }
  }

  /** "For an IAM role, returns the IAM role ID", and the name of its session (ReceiveMessage, SenderId). */
  senderIdOf(accessKeyId: string): string | undefined {
    return this.#callers.get(accessKeyId)?.senderId;
  }

  /** Before an operation: throws AWS's error when whoever calls may not. */
  check(request: AwsRequest): void {
    const caller = this.#callers.get(request.accessKeyId);
    if (caller === undefined) return;
    for (const permission of permissionsFor(request, this.#options.account)) {
      const refusal = this.#decide(caller, permission);
      if (refusal !== undefined) throw accessDenied(caller.principal.sessionArn, permission, refusal);
    }
  }

  /** The use of a key in the name of whoever called Parameter Store. */
  checkKey(accessKeyId: string, {action, keyId, parameterArn}: KeyUse): void {
    const caller = this.#callers.get(accessKeyId);
    if (caller === undefined) return;
    const {account} = this.#options;
    const permission = {action, resource: keyArnOf(keyId, account)};
    const refusal = remembering(caller, `${action} ${keyId} ${parameterArn}`, undefined, () => {
      const context = {
        ...caller.context,
        'kms:calleraccount': account.accountId,
        'kms:encryptioncontext:parameter_arn': parameterArn,
        'kms:viaservice': `ssm.${account.region}.amazonaws.com`,
      };
      const policies = {identity: caller.statements, resource: keyPolicyOf(keyId, account)};
      return refusalOf({principal: caller.principal, context, ...permission}, policies);
    });
    if (refusal !== undefined) throw accessDenied(caller.principal.sessionArn, permission, refusal);
  }

  /**
   * What CreateEventSourceMapping refuses: Lambda polls in the name of the function's role ("Using Lambda with
   * Amazon SQS", execution role permissions). The queues must be there.
   */
  eventSourceProblems({eventSourceMappings}: Resources): readonly string[] {
    return eventSourceMappings.flatMap(mapping =>
      ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']
        .filter(operation => !this.#mayPoll(mapping, `sqs:${operation}`))
        .map(
          operation =>
            `${mapping.logicalId}: The function execution role does not have permissions to call ${operation} on SQS`,
        ),
    );
  }

  #mayPoll({functionName, queueName}: EventSourceMappingResource, action: string): boolean {
    const {resources, account} = this.#options;
    const definition = resources.functions.find(({name}) => name === functionName);
    const caller = definition && this.#callers.get(accessKeyIdOf(definition));
    if (caller === undefined) return false;
    // Only what the function's own code asks for has its ARN in it ("Working with Lambda execution environment
    // credentials").
    const {'lambda:sourcefunctionarn': _, ...context} = caller.context;
    const resource = `arn:aws:sqs:${account.region}:${account.accountId}:${queueName}`;
    const {principal, statements: identity} = caller;
    const policies = {identity, resource: this.#queuePolicyOf(resource)};
    return refusalOf({principal, context, action, resource}, policies) === undefined;
  }

  #decide(caller: Caller, permission: Permission): Refusal | undefined {
    const {action, resource} = permission;
    const queuePolicy = this.#options.queuePolicyOf(resource);
    return remembering(caller, `${action} ${resource}`, queuePolicy, () => {
      const {principal, context, statements: identity} = caller;
      const policies = {identity, resource: this.#queuePolicyOf(resource)};
      return refusalOf({principal, context, ...permission}, policies);
    });
  }

  #queuePolicyOf(arn: string): readonly Statement[] {
    const json = this.#options.queuePolicyOf(arn);
    return json === undefined ? [] : this.#parseQueuePolicy(json);
  }

  #parseQueuePolicy(json: string): readonly Statement[] {
    const known = this.#queuePolicies.get(json);
    if (known !== undefined) return known;
    const statements = parsePolicy(JSON.parse(json), 'resource');
    this.#queuePolicies.set(json, statements);
    return statements;
  }

  #callerOf({name, arn, roleLogicalId}: FunctionResource): Caller {
    const {resources, account} = this.#options;
    const {accountId, region} = account;
    const role = resources.roles.find(({logicalId}) => logicalId === roleLogicalId);
    if (role === undefined) throw new Error(`${name}: its role ${roleLogicalId} is not in the template`);
    const roleArn = `arn:aws:iam::${accountId}:role/${role.name}`;
    return {
      // The session that a function acts in is called as it is.
      senderId: `${roleIdOf(role.name)}:${name}`,
      principal: {
        accountId,
        roleArn,
        sessionArn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${name}`,
      },
      statements: reading(roleLogicalId, () =>
        role.policies.flatMap(policy => parsePolicy(policy, 'identity')),
      ),
      context: {
        'aws:principalaccount': accountId,
        'aws:principalarn': roleArn,
        'aws:principaltype': 'AssumedRole',
        'aws:requestedregion': region,
        'aws:resourceaccount': accountId,
        // The endpoint stands for AWS's, which speaks TLS: what differs here is not what a policy is about.
        'aws:securetransport': 'true',
        'lambda:sourcefunctionarn': arn,
      },
      decided: new Map(),
    };
  }
}

/** Decides once; again only when the queue has another policy. */
function remembering(
  {decided}: Caller,
  question: string,
  queuePolicy: string | undefined,
  decide: () => Refusal | undefined,
): Refusal | undefined {
  const before = decided.get(question);
  if (before !== undefined && before.queuePolicy === queuePolicy) return before.refusal;
  const refusal = decide();
  if (decided.size >= mostDecided) decided.clear();
  decided.set(question, {queuePolicy, refusal});
  return refusal;
}

function reading<T>(logicalId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`the policies of ${logicalId}: ${(error as Error).message}`, {cause: error});
  }
}

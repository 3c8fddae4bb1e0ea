// Who may do what at the endpoint. A function may do what the policies of its role and of the resources allow. Anybody
// else may do everything, with any credentials: the user at the terminal is the administrator of the account.

import type {Account} from '../account.ts';
import type {AwsRequest} from '../endpoint/aws-service.ts';
import {accessKeyIdOf} from '../lambda/environment-variables.ts';
import type {EventSourceMappingResource} from '../lambda/event-source-mapping-resource.ts';
import {definitionOf} from '../services.ts';
import type {ResourcePolicy} from '../template/reader.ts';
import type {Resources} from '../template/resources.ts';
import {accessDenied} from './access-denied.ts';
import {type Caller, callerOf, reading, remembering} from './caller.ts';
import {type Refusal, refusalOf} from './decision.ts';
import {type KeyUse, keyArnOf, keyPolicyOf} from './keys.ts';
import type {Permission} from './permission.ts';
import {parsePolicy, type Statement} from './statement.ts';

export interface AuthorisationOptions {
  readonly resources: Resources;
  readonly account: Account;
  /** The policies of the template's resources: each is read once, before anything asks. */
  readonly resourcePolicies: readonly ResourcePolicy[];
  /** The policy that a resource has now, as JSON; undefined when it has none. */
  readonly policyOf: (arn: string) => string | undefined;
}

export class Authorisation {
  readonly #options: AuthorisationOptions;
  /** By access key. */
  readonly #callers = new Map<string, Caller>();
  /** By their JSON. */
  readonly #resourcePolicies = new Map<string, readonly Statement[]>();

  /** @throws Error with the name of a policy that says something that is not known here */
  constructor(options: AuthorisationOptions) {
    this.#options = options;
    for (const definition of options.resources.functions) {
      this.#callers.set(accessKeyIdOf(definition), callerOf(definition, options));
    }
    for (const {logicalId, json} of options.resourcePolicies)
      reading(logicalId, () => this.#parseResourcePolicy(json));
  }

  /** "For an IAM role, returns the IAM role ID", and the name of its session (ReceiveMessage, SenderId). */
  senderIdOf(accessKeyId: string): string | undefined {
    return this.#callers.get(accessKeyId)?.senderId;
  }

  /** As GetCallerIdentity names it; undefined when it is no function that signs. */
  sessionArnOf(accessKeyId: string): string | undefined {
    return this.#callers.get(accessKeyId)?.principal.sessionArn;
  }

  /** Before an operation. @throws AwsError when the caller may not do it */
  check(request: AwsRequest): void {
    const caller = this.#callers.get(request.accessKeyId);
    if (caller === undefined) return;
    for (const permission of permissionsFor(request, this.#options.account)) {
      const refusal = this.#decide(caller, permission);
      if (refusal !== undefined) throw accessDenied(caller.principal.sessionArn, permission, refusal);
    }
  }

  /** Before Parameter Store uses a key in its caller's name. @throws AwsError when the caller may not use it */
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
   * Amazon SQS", execution role permissions). The queues must exist already.
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
    // Only the requests of the function's own code have its ARN in their context ("Working with Lambda execution
    // environment credentials").
    const {'lambda:sourcefunctionarn': _, ...context} = caller.context;
    const resource = `arn:aws:sqs:${account.region}:${account.accountId}:${queueName}`;
    const {principal, statements: identity} = caller;
    const policies = {identity, resource: this.#policyOf(resource)};
    return refusalOf({principal, context, action, resource}, policies) === undefined;
  }

  #decide(caller: Caller, permission: Permission): Refusal | undefined {
    const {action, resource} = permission;
    const policy = this.#options.policyOf(resource);
    return remembering(caller, `${action} ${resource}`, policy, () => {
      const {principal, context, statements: identity} = caller;
      const policies = {identity, resource: this.#policyOf(resource)};
      return refusalOf({principal, context, ...permission}, policies);
    });
  }

  #policyOf(arn: string): readonly Statement[] {
    const json = this.#options.policyOf(arn);
    return json === undefined ? [] : this.#parseResourcePolicy(json);
  }

  #parseResourcePolicy(json: string): readonly Statement[] {
    const known = this.#resourcePolicies.get(json);
    if (known !== undefined) return known;
    const statements = parsePolicy(JSON.parse(json), 'resource');
    this.#resourcePolicies.set(json, statements);
    return statements;
  }
}

/** A request that names no resource, or one that the service will not understand, is one on all resources. */
function permissionsFor(request: AwsRequest, account: Account): readonly Permission[] {
  const {service, operation} = request;
  const needed = definitionOf(service)?.permissionsFor?.(request, account);
  return needed ?? [{action: `${service}:${operation}`, resource: '*'}];
}

// The stack as a template, made in this process without bundling its functions, and ways to ask about it.

import {App} from 'aws-cdk-lib';
import {Template} from 'aws-cdk-lib/assertions';
import {CURRENTLY_RECOMMENDED_FLAGS} from 'aws-cdk-lib/cx-api';
import {readContext} from '../../cdk/context.ts';
import {RelayqStack} from '../../cdk/relayq-stack.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Makes no bundles: what is asked here is not about them. */
export const withoutBundles = {'aws:cdk:bundling-stacks': []};

/** @param given what `-c` would be given on the command line */
export function stackWith(given: Readonly<Record<string, string>> = {}): StackUnderTest {
  const app = new App({
    context: {...CURRENTLY_RECOMMENDED_FLAGS, ...withoutBundles, ...given},
    builtinCloudFormationValidation: false,
  });
  return new StackUnderTest(Template.fromStack(new RelayqStack(app, 'Tested', readContext(app.node))));
}

class StackUnderTest {
  readonly template: Template;
  readonly #resources: Readonly<Record<string, Resource>>;

  constructor(template: Template) {
    this.template = template;
    this.#resources = template.toJSON().Resources;
  }

  all(type: string): readonly Resource[] {
    return Object.values(this.#resources).filter(resource => resource.Type === type);
  }

  queue(name: string): Resource {
    return this.#named('AWS::SQS::Queue', 'QueueName', name);
  }

  fn(name: string): Resource {
    return this.#named('AWS::Lambda::Function', 'FunctionName', name);
  }

  #named(type: string, property: string, name: string): Resource {
    const found = this.all(type).filter(({Properties}) => Properties[property] === name);
    if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} ${type} named ${name}`);
    return found[0];
  }

  /** What a reference in the template means: the name of a resource of ours, or the end of an ARN. */
  nameOf(reference: unknown): string {
    if (typeof reference === 'string') return reference;
    const {Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join} = reference as Intrinsic;
    if (join) return String(join[1].at(-1)).replace(/^:/, '');
    const {Properties = {}} = this.#resources[attribute?.[0] ?? Ref ?? ''] ?? {};
    const names = ['QueueName', 'FunctionName', 'LogGroupName', 'TableName'].map(
      property => Properties[property],
    );
    return String(names.find(name => name !== undefined) ?? attribute?.[0] ?? Ref);
  }

  /** What a function's role may do: each action, with the names of what it may do it to. */
  permissionsOf(functionName: string, effect = 'Allow'): Readonly<Record<string, readonly string[]>> {
    const permissions: Record<string, string[]> = {};
    for (const {Action, Resource} of this.statementsOf(functionName).filter(
      ({Effect}) => Effect === effect,
    )) {
      for (const action of [Action].flat()) {
        permissions[action] = [
          ...(permissions[action] ?? []),
          ...[Resource].flat().map(each => this.nameOf(each)),
        ];
      }
    }
    for (const names of Object.values(permissions)) names.sort();
    return permissions;
  }

  statementsOf(functionName: string): readonly Statement[] {
    const role = (this.fn(functionName).Properties.Role as Intrinsic)['Fn::GetAtt']?.[0];
    return this.all('AWS::IAM::Policy')
      .filter(({Properties}) => (Properties.Roles as Intrinsic[]).some(({Ref}) => Ref === role))
      .flatMap(({Properties}) => (Properties.PolicyDocument as {Statement: Statement[]}).Statement);
  }
}

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly [string, string];
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

// The rules of a template that run functions on a schedule, with what Lambda has to know of them: who may invoke the functions,
// and what becomes of an invocation that fails.

import type {FunctionResource} from '../lambda/function-resource.ts';
import {countOf, type Properties, refuseUnknown, stringOf} from '../template/properties.ts';
import type {IdentityKind, TemplateReader} from '../template/reader.ts';
import {intervalOf} from './schedule-expression.ts';

export interface ScheduleResource {
  logicalId: string;
  ruleArn: string;
  functionName: string;
  intervalMs: number;
  enabled: boolean;
}

export const ruleIdentity: IdentityKind = {
  nameProperty: 'Name',
  of: (name, {region, accountId}) => ({
    ref: name,
    attributes: {Arn: `arn:aws:events:${region}:${accountId}:rule/${name}`},
  }),
};

/** Types that are read here. */
export const scheduleTypes = [
  'AWS::Events::Rule',
  'AWS::Lambda::Permission',
  'AWS::Lambda::EventInvokeConfig',
];

const ruleProperties = ['Description', 'Name', 'ScheduleExpression', 'State', 'Targets'];

/** @throws Error for what AWS would refuse, and for what is not known here */
export function schedulesOf(
  reader: TemplateReader,
  functions: readonly FunctionResource[],
): ScheduleResource[] {
  const permissions = reader.each('AWS::Lambda::Permission', permissionOf);
  reader.each('AWS::Lambda::EventInvokeConfig', (_, properties) => checkInvokeConfig(properties));
  return reader
    .each('AWS::Events::Rule', (logicalId, properties, references) => {
      refuseUnknown(properties, ruleProperties);
      const intervalMs = intervalOf(stringOf(properties, 'ScheduleExpression'));
      const ruleArn = references.attribute(logicalId, 'Arn') as string;
      const {State: state = 'ENABLED', Targets: targets = []} = properties;
      if (state !== 'ENABLED' && state !== 'DISABLED') throw new Error('State: ENABLED or DISABLED');
      return (targets as Properties[]).map(target => {
        const {name, arn} = targetOf(target, functions);
        // "Lambda: you must use resource-based policies" (Using resource-based policies for EventBridge).
        const isLet = permissions.some(
          ({functionName, sourceArn}) =>
            (functionName === name || functionName === arn) && (sourceArn ?? ruleArn) === ruleArn,
        );
        if (!isLet) throw new Error(`no AWS::Lambda::Permission lets it invoke ${name}`);
        return {logicalId, ruleArn, functionName: name, intervalMs, enabled: state === 'ENABLED'};
      });
    })
    .flat();
}

function targetOf(target: Properties, functions: readonly FunctionResource[]): FunctionResource {
  refuseUnknown(target, ['Arn', 'Id', 'RetryPolicy']);
  stringOf(target, 'Id');
  const arn = stringOf(target, 'Arn');
  const {RetryPolicy: retry = {}} = target as {RetryPolicy?: Properties};
  refuseUnknown(retry, ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts']);
  within(retry, 'MaximumEventAgeInSeconds', 60, 86_400);
  within(retry, 'MaximumRetryAttempts', 0, 185);
  const found = functions.find(each => each.arn === arn);
  if (found === undefined) throw new Error(`${arn} is not a function of the template`);
  return found;
}

function permissionOf(_: string, properties: Properties) {
  refuseUnknown(properties, ['Action', 'FunctionName', 'Principal', 'SourceArn']);
  const [action, principal] = [stringOf(properties, 'Action'), stringOf(properties, 'Principal')];
  if (action !== 'lambda:InvokeFunction' || principal !== 'events.amazonaws.com')
    throw new Error(
      `the local cloud knows permissions of EventBridge to invoke, not ${action} of ${principal}`,
    );
  return {
    functionName: stringOf(properties, 'FunctionName'),
    sourceArn: properties.SourceArn as string | undefined,
  };
}

/** Nothing is repeated here: a template that counts on it would do something else than in AWS. */
function checkInvokeConfig(properties: Properties): void {
  refuseUnknown(properties, [
    'FunctionName',
    'MaximumEventAgeInSeconds',
    'MaximumRetryAttempts',
    'Qualifier',
  ]);
  stringOf(properties, 'FunctionName');
  if (stringOf(properties, 'Qualifier') !== '$LATEST')
    throw new Error('Qualifier: the local cloud knows $LATEST alone');
  within(properties, 'MaximumEventAgeInSeconds', 60, 21_600);
  if (countOf(properties, 'MaximumRetryAttempts', 2) !== 0)
    throw new Error('the local cloud repeats no invocation: MaximumRetryAttempts must be 0');
}

function within(properties: Properties, name: string, least: number, most: number): void {
  const value = countOf(properties, name, least);
  if (value < least || value > most) throw new Error(`${name} ${value}: between ${least} and ${most}`);
}

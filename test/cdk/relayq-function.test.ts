import {App, Duration, Stack} from 'aws-cdk-lib';
import {Template} from 'aws-cdk-lib/assertions';
import {expect, test} from 'vitest';
import {readContext} from '../../cdk/context.ts';
import {RelayqFunction} from '../../cdk/relayq-function.ts';
import {variables} from '../../shared/names.ts';
import {withoutBundles} from './stack-under-test.ts';

test('a function that serves a URL answers only those whom IAM lets call it, and takes from no queue', () => {
  const app = new App({context: withoutBundles, builtinCloudFormationValidation: false});
  const stack = new Stack(app, 'Tested');
  const values = Object.fromEntries(Object.keys(variables).map(name => [name, name]));
  const served = new RelayqFunction(stack, 'Served', {
    folder: 'route',
    timeout: Duration.seconds(10),
    options: readContext(app.node),
    values: values as Record<keyof typeof variables, string>,
  });
  const url = served.serves();
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Url', {AuthType: 'AWS_IAM'});
  template.resourceCountIs('AWS::Lambda::Permission', 0);
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
  expect(stack.resolve(url)).toMatchObject({'Fn::GetAtt': [expect.any(String), 'FunctionUrl']});
});

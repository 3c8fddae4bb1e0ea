import {App, type AppProps, Aws} from 'aws-cdk-lib';
import {Template} from 'aws-cdk-lib/assertions';
import {IAM_MINIMIZE_POLICIES} from 'aws-cdk-lib/cx-api';
import {describe, expect, test} from 'vitest';
import {resolveOptions} from '../../cdk/options.ts';
import {RelayqStack, type RelayqStackProps} from '../../cdk/relayq-stack.ts';
import {stackWith, withoutBundles} from './stack-under-test.ts';

const appWith = (context: AppProps['context'] = {}) =>
  new App({context: {...withoutBundles, ...context}, builtinCloudFormationValidation: false});

const templateOf = (props: RelayqStackProps, app = appWith()) =>
  Template.fromStack(new RelayqStack(app, 'Tested', props)).toJSON();

describe('a stack in somebody’s own app', () => {
  test('is the one of the command line, whatever flags the app is without', () => {
    expect(templateOf({stage: 'dev'})).toEqual(stackWith().template.toJSON());
    const operators = ['arn:aws:iam::444455556666:role/a', 'arn:aws:iam::444455556666:role/b'];
    const given = {directMx: true, alarmEmail: 'ops@example.com', logRetentionDays: 7, dashboard: false};
    const asText = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
    expect(templateOf({stage: 'prod', ...given, operators})).toEqual(
      stackWith({stage: 'prod', ...asText, operators: operators.join()}).template.toJSON(),
    );
  });

  test('obeys the flags that its app sets', () => {
    const app = appWith({[IAM_MINIMIZE_POLICIES]: false});
    expect(templateOf({stage: 'dev'}, app)).not.toEqual(templateOf({stage: 'dev'}));
  });

  test('has the name of its stage, unless it is given another', () => {
    const stackNameOf = (props: Partial<RelayqStackProps>) =>
      new RelayqStack(appWith(), 'Tested', {stage: 'prod', ...props}).stackName;
    expect(stackNameOf({})).toBe('relayq-prod');
    expect(stackNameOf({stackName: 'mail'})).toBe('mail');
  });

  test('takes what is known at the deployment only, where it need not be looked at', () => {
    const shop = `arn:aws:iam::${Aws.ACCOUNT_ID}:role/shop`;
    const {Resources} = templateOf({stage: 'dev', producers: [shop], operators: [shop]});
    expect(JSON.stringify(Resources)).toContain(':role/shop');
    expect(() => resolveOptions({stage: Aws.STACK_NAME})).toThrow('lower-case letters');
  });

  test.each([
    [{stage: 'Prod'}, 'stage=Prod: lower-case letters, digits and hyphens'],
    [{stage: 'prod', deliverConcurrency: 1}, 'deliverConcurrency=1: a whole number from 2 to 1000'],
    [{stage: 'prod', slowConcurrency: 2.5}, 'slowConcurrency=2.5: a whole number from 2 to 1000'],
    [{stage: 'prod', operators: ['ops']}, 'operators=ops: ARNs of roles or users'],
  ])('is refused with %j', (props, message) => {
    expect(() => templateOf(props)).toThrow(message);
  });
});

// How a finding of cdk-nag is answered where it is right in general and wrong here: for one resource, with the
// reason. There is none for a whole stack.

import {Stack, Validations} from 'aws-cdk-lib';
import type {IConstruct} from 'constructs';

export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({id: `AwsSolutions::AwsSolutions-${rule}`, reason});
}

/** A resource with a `*` in it. cdk-nag names it as it reads in the template, with its pseudo parameters. */
export function acknowledgeWildcard(construct: IConstruct, arn: string, reason: string): void {
  const resolved: unknown = Stack.of(construct).resolve(arn);
  const parts =
    typeof resolved === 'string'
      ? [resolved]
      : (resolved as {'Fn::Join': [string, unknown[]]})['Fn::Join'][1];
  const text = parts
    .map(part => (typeof part === 'string' ? part : `<${(part as {Ref: string}).Ref}>`))
    .join('');
  acknowledge(construct, `IAM5[Resource::${text}]`, reason);
}

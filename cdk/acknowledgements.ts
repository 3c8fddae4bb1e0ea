// Answers to findings of cdk-nag that are right in general and wrong here. Each is for one resource and has its reason.
// None is for a whole stack.

import {Stack, Validations} from 'aws-cdk-lib';
import type {IConstruct} from 'constructs';

export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({id: `AwsSolutions::AwsSolutions-${rule}`, reason});
}

/** Acknowledges a `*` in an ARN. cdk-nag names the ARN as the template does, with its pseudo parameters. */
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

// The policies of queues that a template has as resources of their own.

import {stringsOf} from '../iam/statement.ts';
import {type References, resolveIntrinsics} from '../template/intrinsic-functions.ts';
import {type Template, within} from '../template/reader.ts';

/** By the URL of their queue. @throws Error with the logical ID of the one that cannot be read */
export function queuePoliciesOf(template: Template, references: References): ReadonlyMap<string, unknown> {
  const policies = new Map<string, unknown>();
  for (const [id, {Type: type, Properties: policy = {}}] of Object.entries(template.Resources)) {
    if (type !== 'AWS::SQS::QueuePolicy') continue;
    within(id, () => {
      const document = resolveIntrinsics(policy.PolicyDocument, references);
      const urls = stringsOf('Queues', resolveIntrinsics(policy.Queues, references));
      for (const url of urls) policies.set(url, document);
    });
  }
  return policies;
}

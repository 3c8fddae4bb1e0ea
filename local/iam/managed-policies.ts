// AWS's own managed policies that a role of ours may refer to: their statements as AWS publishes them (AWS Managed
// Policy Reference Guide), for what the local cloud has. One that is not here is refused when the cloud starts.

const logs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const queue = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

const allowing = (...actions: string[]) => ({
  Version: '2012-10-17',
  Statement: [{Effect: 'Allow', Action: actions, Resource: '*'}],
});

const policies: Readonly<Record<string, unknown>> = {
  'service-role/AWSLambdaBasicExecutionRole': allowing(...logs),
  'service-role/AWSLambdaSQSQueueExecutionRole': allowing(...queue, ...logs),
  // Its network interfaces are of no concern here: nothing runs in a VPC.
  'service-role/AWSLambdaVPCAccessExecutionRole': allowing(...logs),
};

/** @throws Error when it is not known */
export function managedPolicyOf(arn: string): unknown {
  const [, name = ''] = /^arn:aws:iam::aws:policy\/(.+)$/.exec(arn) ?? [];
  const policy = policies[name];
  if (policy === undefined) throw new Error(`the managed policy ${arn} is not known to the local cloud`);
  return policy;
}

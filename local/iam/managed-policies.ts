// The managed policies of AWS that a role may have here, as AWS publishes them (AWS Managed Policy Reference Guide), for
// the services that there are. The cloud does not start with any other.

const logs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const queue = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

const allowing = (...actions: string[]) => ({
  Version: '2012-10-17',
  Statement: [{Effect: 'Allow', Action: actions, Resource: '*'}],
});

const policies: Readonly<Record<string, unknown>> = {
  'service-role/AWSLambdaBasicExecutionRole': allowing(...logs),
  'service-role/AWSLambdaSQSQueueExecutionRole': allowing(...queue, ...logs),
  // Its statements on network interfaces are left out: nothing runs in a VPC here.
  'service-role/AWSLambdaVPCAccessExecutionRole': allowing(...logs),
};

/** @throws Error when it is not known */
export function managedPolicyOf(arn: string): unknown {
  const [, name = ''] = /^arn:aws:iam::aws:policy\/(.+)$/.exec(arn) ?? [];
  const policy = policies[name];
  if (policy === undefined) throw new Error(`the managed policy ${arn} is not known to the local cloud`);
  return policy;
}

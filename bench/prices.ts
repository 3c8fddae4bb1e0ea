// List prices in USD: us-east-1, arm64, the first tier, no free allowance. Pure.

interface Price {
  readonly usd: number;
  readonly of: string;
  /** When the list was read. */
  readonly date: string;
  readonly from: string;
}

const date = 'June 2026';
const earlier = '2025';
const ec2 = 'aws.amazon.com/ec2/pricing/on-demand';
const cloudWatch = 'aws.amazon.com/cloudwatch/pricing';
const sqs = 'aws.amazon.com/sqs/pricing';
const lambda = 'aws.amazon.com/lambda/pricing';
const dynamoDb = 'aws.amazon.com/dynamodb/pricing/on-demand';
const vpc = 'aws.amazon.com/vpc/pricing';
const kms = 'aws.amazon.com/kms/pricing';
const ses = 'aws.amazon.com/ses/pricing';

export const priceList = {
  sqsStandardPerMillionRequests: {usd: 0.4, of: 'SQS, a million requests, standard', date, from: sqs},
  sqsFifoPerMillionRequests: {usd: 0.5, of: 'SQS, a million requests, FIFO', date, from: sqs},
  lambdaPerGBSecond: {usd: 0.000_013_333_4, of: 'Lambda, a GB-second', date, from: lambda},
  lambdaPerMillionRequests: {usd: 0.2, of: 'Lambda, a million invocations', date, from: lambda},
  dynamoDbPerMillionWrites: {usd: 0.625, of: 'DynamoDB, a million write units', date, from: dynamoDb},
  dynamoDbPerMillionReads: {usd: 0.125, of: 'DynamoDB, a million read units', date, from: dynamoDb},
  logsPerGB: {usd: 0.5, of: 'CloudWatch Logs, a GB', date, from: cloudWatch},
  alarmPerMonth: {usd: 0.1, of: 'CloudWatch, a metric of an alarm, a month', date, from: cloudWatch},
  transferPerGB: {usd: 0.09, of: 'Data transfer to the internet, a GB', date, from: ec2},
  natPerHour: {usd: 0.045, of: 'NAT gateway, an hour', date, from: vpc},
  natPerGB: {usd: 0.045, of: 'NAT gateway, a GB', date, from: vpc},
  addressPerHour: {usd: 0.005, of: 'public IPv4 address, an hour', date, from: vpc},
  kmsPerMillionRequests: {usd: 3, of: 'KMS, a million requests', date, from: kms},
  kmsKeyPerMonth: {usd: 1, of: 'KMS, a key of your own, a month', date, from: kms},
  serverPerHour: {
    usd: 0.0168,
    of: 'EC2, t4g.small (2 vCPUs, 2 GB), on demand, an hour',
    date: earlier,
    from: ec2,
  },
  diskPerGBMonth: {
    usd: 0.08,
    of: 'EBS, gp3, a GB a month',
    date: earlier,
    from: 'aws.amazon.com/ebs/pricing',
  },
  sesPerThousandMessages: {usd: 0.1, of: 'Amazon SES, a thousand messages', date, from: ses},
  sesPerGB: {usd: 0.12, of: 'Amazon SES, a GB of data', date, from: ses},
} as const satisfies Readonly<Record<string, Price>>;

export type Prices = Readonly<Record<keyof typeof priceList, number>>;

export const listPrices = Object.fromEntries(
  Object.entries(priceList).map(([name, {usd}]) => [name, usd]),
) as unknown as Prices;

/** "At 1,769 MB, a function has the equivalent of one vCPU", and less in proportion (Configure Lambda function memory). */
export const memoryMBOfOneCpu = 1769;

// List prices in USD: us-east-1, arm64, the first tier, no free allowance. Pure.

export interface Prices {
  /** When the lists were read. */
  readonly date: string;
  readonly sqsStandardPerMillionRequests: number;
  readonly sqsFifoPerMillionRequests: number;
  readonly lambdaPerGBSecond: number;
  readonly lambdaPerMillionRequests: number;
  /** Request units of a table on demand. */
  readonly dynamoDbPerMillionWrites: number;
  readonly dynamoDbPerMillionReads: number;
  readonly logsPerGB: number;
  /** From AWS to the internet. */
  readonly transferPerGB: number;
  readonly sesPerThousandMessages: number;
  readonly sesPerGB: number;
}

export const listPrices: Prices = {
  date: 'June 2026',
  // aws.amazon.com/sqs/pricing
  sqsStandardPerMillionRequests: 0.4,
  sqsFifoPerMillionRequests: 0.5,
  // aws.amazon.com/lambda/pricing
  lambdaPerGBSecond: 0.000_013_333_4,
  lambdaPerMillionRequests: 0.2,
  // aws.amazon.com/dynamodb/pricing/on-demand
  dynamoDbPerMillionWrites: 0.625,
  dynamoDbPerMillionReads: 0.125,
  // aws.amazon.com/cloudwatch/pricing: logs that Lambda sends, standard class
  logsPerGB: 0.5,
  // aws.amazon.com/ec2/pricing/on-demand, data transfer
  transferPerGB: 0.09,
  // aws.amazon.com/ses/pricing: outbound mail, and its data
  sesPerThousandMessages: 0.1,
  sesPerGB: 0.12,
};

/** "At 1,769 MB, a function has the equivalent of one vCPU", and less in proportion (Configure Lambda function memory). */
export const memoryMBOfOneCpu = 1769;

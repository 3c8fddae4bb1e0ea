// The AWS clients. A call that hangs must fail while there is still time to do something about it: with the SDK's
// three attempts, well within the 30 seconds of the route function.

import {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {SQSClient} from '@aws-sdk/client-sqs';
import {SSMClient} from '@aws-sdk/client-ssm';

const requestHandler = (requestTimeout: number, connectionTimeout = 2_000) => ({
  connectionTimeout,
  requestTimeout,
  throwOnRequestTimeout: true,
});

/**
 * A batch may be of 1 MiB. What each call costs to compute is most of what a message costs: the signature is over a
 * hash of the body, so that another one of each entry adds nothing; and nobody changes the middleware of a client.
 */
export const sqsClient = (): SQSClient =>
  new SQSClient({requestHandler: requestHandler(6_000), md5: false, cacheMiddleware: true});

/** Settings can wait: there are the last ones. */
export const ssmClient = (): SSMClient => new SSMClient({requestHandler: requestHandler(2_500)});

/** An answer takes a few milliseconds, and a batch of mail is waiting for it. */
export const dynamoDbClient = (): DynamoDBClient =>
  new DynamoDBClient({maxAttempts: 3, requestHandler: requestHandler(1_000, 1_000)});

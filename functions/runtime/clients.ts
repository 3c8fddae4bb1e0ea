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
 * A batch may take up 1 MiB. Most of what a message costs is computing its requests. So there is no MD5, as the
 * signature is over a hash of the body already, and the middleware is cached, as nobody changes it.
 */
export const sqsClient = (): SQSClient =>
  new SQSClient({requestHandler: requestHandler(6_000), md5: false, cacheMiddleware: true});

/** Settings can wait: the last ones stay in force. parameters.ts asks again where SSM has too many calls. */
export const ssmClient = (): SSMClient => new SSMClient({requestHandler: requestHandler(2_500)});

/** An answer takes a few milliseconds, and a batch of mail waits for it. */
export const dynamoDbClient = (): DynamoDBClient =>
  new DynamoDBClient({maxAttempts: 2, requestHandler: requestHandler(2_000, 1_000)});

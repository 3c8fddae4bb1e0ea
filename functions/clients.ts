// The AWS clients. A call that hangs must fail while there is still time to do something about it.

import {SQSClient} from '@aws-sdk/client-sqs';
import {SSMClient} from '@aws-sdk/client-ssm';

const requestHandler = {connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true};

export const sqsClient = (): SQSClient => new SQSClient({requestHandler});
export const ssmClient = (): SSMClient => new SSMClient({requestHandler});

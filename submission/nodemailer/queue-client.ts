// What a queue's URL says: the queue's name, its account, its region, and where SQS is.

import {SQSClient} from '@aws-sdk/client-sqs';
import {standardQueueName} from '../../shared/sqs-limits.ts';
import {MailProblem} from './mail-problem.ts';

export interface QueuePlace {
  readonly name: string;
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /** Undefined where it is the one that the SDK knows of the region, which a profile may replace. */
  readonly endpoint: string | undefined;
}

/** AWS's own hosts: the public one of a region, one for FIPS 140 or IPv6, one in a VPC. */
const hostOfAws =
  /^(?:sqs(?:-fips)?\.|vpce-[\w-]+\.sqs\.)([a-z]{2}(?:-[a-z]+)+-\d)(?:\.vpce)?\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;

/** @throws MailProblem */
export function queuePlaceOf(queueUrl: string): QueuePlace {
  const url = URL.parse(String(queueUrl));
  const [name = '', account = ''] = url?.pathname.split('/').reverse() ?? [];
  const isOfQueue = (found: URL) =>
    /^https?:$/.test(found.protocol) && found.username === '' && standardQueueName.test(name);
  if (url === null || !isOfQueue(url)) {
    throw new MailProblem(
      'queueUrl must be the URL of an outbox, such as https://sqs.eu-west-1.amazonaws.com/123456789012/relayq-prod-outbox',
    );
  }
  const region = hostOfAws.exec(url.hostname)?.[1];
  return {
    name,
    accountId: /^\d{12}$/.test(account) ? account : undefined,
    region,
    endpoint: url.hostname === `sqs.${region}.amazonaws.com` ? undefined : url.origin,
  };
}

/** Without these the SDK waits for ever. Each of its three attempts has as long. */
const requestHandler = {connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true};

export function clientFor({region, endpoint}: QueuePlace, given: string | undefined): SQSClient {
  const chosen = given ?? endpoint;
  return new SQSClient({
    requestHandler,
    ...(region !== undefined && {region}),
    ...(chosen !== undefined && {endpoint: chosen}),
  });
}

// What a person can do when the local cloud runs: commands to paste.

import {logGroupOf, type Names} from '../../shared/names.ts';

export interface Place {
  readonly url: string;
  readonly region: string;
  readonly names: Names;
  readonly queueUrlOf: (queueName: string) => string;
  /** Undefined where there is no console. */
  readonly consoleAddress?: string | undefined;
}

export function greeting({url, region, names, queueUrlOf, consoleAddress}: Place): string {
  // `--endpoint-url` rather than AWS_ENDPOINT_URL: versions of `aws` before 2.13 do not know the variable.
  const aws = `aws --endpoint-url ${url}`;
  const [send, relayq] = ['send', 'relayq'].map(script => `npm run ${script} --${endpointOptionOf(url)}`);
  const message = JSON.stringify({
    envelope: 'me@example.org',
    recipient: 'you@example.com',
    mime: 'Subject: hi\r\n\r\nhello\r\n',
  });
  const browser = consoleAddress === undefined ? '' : `\nIn a browser, see and steer it: ${consoleAddress}\n`;
  return `${browser}
In another terminal:

  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=${region} AWS_DEFAULT_REGION=${region}

  # send a message
  ${send} --wait examples/hello.json
  ${aws} sqs send-message --queue-url ${queueUrlOf(names.outbox)} --message-body '${message}'

  # see what is active, what is stuck, and why; where a message would go; what happened to one
  ${relayq} status
  ${relayq} explain you@example.com
  ${relayq} trace you@example.com

  # see what became of messages
  ${aws} sqs receive-message --queue-url ${queueUrlOf(names.results.results)} --max-number-of-messages 10

  # see what the functions print; as they print it with version 2 of aws
  ${aws} logs filter-log-events --log-group-name ${logGroupOf(names.deliver)} --query 'events[].message' --output text
  ${aws} logs tail ${logGroupOf(names.deliver)} --follow --format short

  # see the settings, and change one; it takes effect within a minute
  ${relayq} settings
  ${relayq} set retry-interval 60,600,3600
  ${aws} ssm put-parameter --name ${names.parameterPath}retry-interval --value 60,600,3600 --type String --overwrite
  ${aws} ssm get-parameters-by-path --path ${names.parameterPath}

  # let mail leave this machine: without a sink it goes where it is addressed to
  ${aws} ssm delete-parameter --name ${names.parameterPath}smtp-sink-ip

Ctrl-C stops it.`;
}

/** What is not needed with the usual port. */
const endpointOptionOf = (url: string): string =>
  new URL(url).port === '4566' ? '' : ` --endpoint-url ${url}`;

export const deadLettersCommandOf = (url: string): string =>
  `npm run relayq -- dead-letters list${endpointOptionOf(url)}`;

/** Where received mail is, and how to see it. */
export function mailPlaceOf(url: string, directory: string | undefined): string {
  const page = `curl ${url}/_relayq/mail`;
  return directory === undefined
    ? `received mail is kept in memory: ${page} lists it, ${page}/1 shows the first`
    : `received mail is kept in ${directory}, as 000001.eml and so on; ${page} lists the latest`;
}

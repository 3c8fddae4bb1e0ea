// The `aws` command line drives a whole delivery: it turns the sink on, sends a message, and reads the result.

import {execFile} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {dirname} from 'node:path';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {names, Pipeline} from '../pipeline/pipeline-under-test.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {messagesWith} from '../servers/mail-server.ts';
import {pathOf} from '../servers/server-process.ts';
import {smtpSink} from '../servers/smtp-sink-server.ts';

const program = await pathOf('aws');
const missing =
  program === undefined ? 'aws is not installed' : smtpSink.missing && `smtp-sink: ${smtpSink.missing}`;

test.skipIf(missing)(`aws drives a delivery${missing ? ` (skipped: ${missing})` : ''}`, async () => {
  const [pipeline, sink] = await Promise.all([Pipeline.start(), smtpSink.start()]);
  const aws = async (...args: string[]) => {
    const options = ['--endpoint-url', pipeline.cloud.url, '--output', 'json'];
    // Nothing of the developer's: no profile, no proxy.
    const env = {
      PATH: `${dirname(program!)}:/usr/bin:/bin`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
    const {stdout} = await promisify(execFile)(program!, [...args, ...options], {env});
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  const put = (name: string, value: string) =>
    aws(
      'ssm',
      'put-parameter',
      '--name',
      `${names.parameterPath}${name}`,
      '--type',
      'String',
      '--value',
      value,
    );
  const urlOf = async (queue: string) => (await aws('sqs', 'get-queue-url', '--queue-name', queue)).QueueUrl;
  try {
    const parameters = await Promise.all(
      Object.entries(sinkParameters(sink.sink)).map(([name, value]) => put(name, value)),
    );
    expect(parameters).toContainEqual({Version: 1, Tier: 'Standard'});

    const token = randomUUID();
    const mime = `Subject: Grüße\r\n\r\n${token}\r\n`;
    const message = JSON.stringify({recipient: 'to@example.org', mime, order: 4711});
    const outbox = await urlOf(names.outbox);
    const sent = await aws('sqs', 'send-message', '--queue-url', outbox, '--message-body', message);
    expect(sent).toMatchObject({MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/)});

    const results = await urlOf(names.results.results);
    const received = await aws('sqs', 'receive-message', '--queue-url', results, '--wait-time-seconds', '20');
    expect(received.Messages).toHaveLength(1);
    expect(JSON.parse(received.Messages[0].Body)).toMatchObject({
      fate: 'accepted',
      order: 4711,
      results: [{state: 'message', result: 'accepted', code: 250, to: '127.0.0.1'}],
    });

    const [delivered] = await messagesWith(token, sink);
    expect(delivered!.text.trimEnd()).toBe(mime.replaceAll('\r\n', '\n').trimEnd());
  } finally {
    await Promise.all([pipeline.stop(), sink.stop()]);
  }
});

// What docs/python.md shows, run by Debian's Python with its boto3 (python3-boto3).

import {execFile, execFileSync} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import PostalMime from 'postal-mime';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sink, startSink} from '../../local/sink/sink.ts';
import {projectRoot} from '../global-setup.ts';
import {names, Pipeline} from '../pipeline/pipeline-under-test.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';

const run = promisify(execFile);
const python = '/usr/bin/python3';

const missing = (() => {
  try {
    execFileSync(python, ['-c', 'import boto3'], {stdio: 'ignore'});
    return undefined;
  } catch {
    return 'python3-boto3 is not installed';
  }
})();

const title = missing === undefined ? 'docs/python.md' : `docs/python.md (skipped: ${missing})`;

describe.skipIf(missing !== undefined)(title, () => {
  let sink: Sink;
  let pipeline: Pipeline;
  let blocks: string[];
  beforeAll(async () => {
    sink = await startSink({port: 0});
    pipeline = await Pipeline.start(sinkParameters(sink));
    const page = await readFile(join(projectRoot, 'docs/python.md'), 'utf8');
    const {url, queueUrlOf} = pipeline.cloud;
    blocks = [...page.matchAll(/^```python\n(.*?)^```/gms)].map(([, block]) =>
      block!
        .replaceAll(
          /'https:\/\/sqs\.eu-west-1\.amazonaws\.com\/123456789012\/relayq-prod-(\w+)'/g,
          (_, queue) => `'${queueUrlOf(`relayq-local-${queue}`)}'`,
        )
        .replace("boto3.client('sqs', ", `boto3.client('sqs', endpoint_url='${url}', `),
    );
  });
  afterAll(async () => {
    await pipeline?.stop();
    await sink.close();
  });

  /** Runs blocks of the page as one program. @returns the lines that it has printed */
  async function linesOf(...program: readonly string[]): Promise<string[]> {
    const env = {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      // Not the UTF-8 of a terminal: the program is to need nothing of it.
      LC_ALL: 'C',
    };
    const {stdout} = await run(python, ['-c', program.join('\n')], {env});
    return stdout.split('\n').filter(line => line !== '');
  }

  test('a mail is sent, and its results are read', async () => {
    const [send, read, ...others] = blocks;
    expect(others).toHaveLength(1);
    const sent = await linesOf(send!);
    const recipients = ['info@example.org', 'sales@example.org', 'bcc@example.org'];
    expect(sent.map(line => line.split(' ')[0])).toEqual(recipients);
    await pipeline.until(() => pipeline.countIn(names.results.results) === recipients.length);

    const setUp = send!.slice(0, send!.indexOf('mail = '));
    const told: string[] = [];
    // SQS may give out fewer than there are.
    while (told.length < recipients.length) told.push(...(await linesOf(setUp, read!)));
    const expected = sent
      .map(line => line.split(' '))
      .map(([recipient, id]) => `${id} ${recipient} accepted`);
    expect(told.toSorted()).toEqual(expected.toSorted());

    expect(sink.messages.map(({from, to}) => [from, ...to]).toSorted()).toEqual(
      recipients.map(recipient => ['jo@example.com', recipient]).toSorted(),
    );
    for (const {raw} of sink.messages) {
      expect(raw.toString('latin1')).not.toMatch(/(?<!\r)\n|bcc@/);
      expect(await PostalMime.parse(raw)).toMatchObject({
        from: {name: 'Jo Döe', address: 'jo@example.com'},
        subject: 'Grüße',
        text: 'Grüße aus Köln\n',
        messageId: expect.stringMatching(/@example\.com>$/),
      });
    }
  });

  test('texts that are not UTF-8 are made of 7 bits', async () => {
    const [, , convert] = blocks;
    const imports = 'import json\nfrom email.message import EmailMessage\nfrom email.policy import SMTP';
    const [printed] = await linesOf(imports, convert!, 'print(json.dumps([text, converted]))');
    for (const text of JSON.parse(printed!)) {
      expect(text).toMatch(/^[\0-\x7f]*$/);
      expect(await PostalMime.parse(text)).toMatchObject({text: 'Grüße\n'});
    }
    // What the page says of what happens otherwise.
    const plain = convert!.replace("SMTP.clone(cte_type='7bit')", 'SMTP');
    await expect(linesOf(imports, plain)).rejects.toThrow('UnicodeDecodeError');
  });
});

// The programs that docs/nodemailer.md shows, as they stand there but for the queue.

import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {projectRoot} from '../../global-setup.ts';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../../local/sqs/sqs-under-test.ts';

const run = promisify(execFile);
const page = readFileSync(join(projectRoot, 'docs/nodemailer.md'), 'utf8');
const programs = [...page.matchAll(/^```js\n(.*?)^```/gms)].map(([, program]) => program!);
const entry = pathToFileURL(join(projectRoot, 'submission/nodemailer.ts')).href;

let sqs: SqsUnderTest;
let queue: QueueUnderTest;
beforeAll(async () => {
  sqs = await startSqs();
  queue = await sqs.queue();
});
afterAll(() => sqs.stop());

interface Expected {
  readonly to: readonly string[];
  readonly message: object;
  readonly printed: RegExp;
}

const expected: readonly Expected[] = [
  {
    to: ['info@example.org', 'archive@example.org'],
    message: {envelope: 'jo@example.com', tags: ['welcome'], maxattempts: 5},
    printed: /^<[\w-]+@example\.com> \[\n.*recipient: 'info@example\.org'/s,
  },
  {
    to: ['info@example.org'],
    message: {envelope: 'jo@example.com', tags: ['ses:configuration-set=news', 'campaign=spring']},
    printed: /^<[\w-]+@example\.com>\n$/,
  },
  {
    to: ['info@example.org', 'archive@example.org'],
    message: {envelope: 'jo@example.com'},
    printed: /^[\w-]+@example\.com \[\n.*recipient: 'info@example\.org'/s,
  },
];

test('all of them are run', () => {
  expect(programs).toHaveLength(expected.length);
});

test.each(expected.map((each, index) => ({...each, index})))(
  'program $index',
  async ({index, to, message, printed}) => {
    const program = programs[index]!.replace("'relayq/nodemailer'", `'${entry}'`).replace(
      /'https:\/\/sqs\.[^']*'/,
      `'${queue.url}'`,
    );
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
    };
    const {stdout} = await run(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: projectRoot,
      env,
    });
    expect(stdout).toMatch(printed);
    const messages = await queue.receive();
    await Promise.all(messages.map(each => queue.delete(each)));
    expect(messages.map(({Body}) => JSON.parse(Body!))).toEqual(
      to.map(recipient => expect.objectContaining({...message, recipient})),
    );
  },
);

// Every `aws` line that the documentation and `npm start` show, typed as it stands into each `aws` that there is.

import {execFile} from 'node:child_process';
import {globSync} from 'node:fs';
import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {greeting} from '../../cli/start/greeting.ts';
import {awsPrograms} from '../aws-programs.ts';
import {projectRoot} from '../global-setup.ts';
import {names, Pipeline} from '../pipeline/pipeline-under-test.ts';
import {isExecutable} from '../servers/server-process.ts';

const run = promisify(execFile);

/** What a line needs that not every version has: the least version of each generation, and what the text beside it says. */
const needs: readonly {command: RegExp; least: Readonly<Record<number, number>>; said: RegExp}[] = [
  {command: /logs tail/, least: {2: 0}, said: /version 2 of `?aws/},
  {
    command: /start-message-move-task/,
    least: {1: 27, 2: 12},
    said: /1\.27\.165\s+and 2\.36\.12 know the last command/,
  },
];
/** Services that the local cloud has not got. */
const notHere = /\baws (?:lambda|service-quotas|s3|cloudwatch describe-alarms) /;

const hasJq = await isExecutable('/usr/bin/jq');

const isKnownTo = ([generation = 0, minor = 0]: readonly number[], line: string): boolean =>
  (hasJq || !line.includes('$(jq ')) &&
  needs
    .filter(({command}) => command.test(line))
    .every(({least}) => minor >= (least[generation] ?? Number.POSITIVE_INFINITY));

const isCommand = (line: string): boolean =>
  /^(?:aws |aws\(\)|\w+=\$\(aws )/.test(line) && !notHere.test(line);

/** The commands in a text's shell blocks. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)]
    .flatMap(([, block = '']) => block.split('\n').map(line => line.trim()))
    .filter(isCommand);

const textOf = (path: string): Promise<string> => readFile(join(projectRoot, path), 'utf8');

const pages = ['README.md', ...globSync('docs/*.md', {cwd: projectRoot}).sort()];

const found = await awsPrograms();
const title = found.length === 0 ? 'each aws (skipped: none is installed)' : 'aws $version';

describe.skipIf(found.length === 0).for(found.length === 0 ? [{program: '', version: []}] : found)(
  title,
  ({program, version}) => {
    let pipeline: Pipeline;
    let directory: string;
    beforeAll(async () => {
      pipeline = await Pipeline.start({
        'smtp-sink-ip': '127.0.0.1',
        'smtp-sink-port': '1',
        'retry-interval': '600',
      });
      directory = await mkdtemp(join(tmpdir(), 'relayq-aws-'));
      await writeFile(join(directory, 'aws'), `#!/bin/sh\nexec '${program}' "$@"\n`);
      await chmod(join(directory, 'aws'), 0o755);
    });
    afterAll(async () => {
      await pipeline.stop();
      await rm(directory, {recursive: true});
    });

    /** Where the commands stand, and those of each page: what one page has set, another does not know. */
    it.each<[string, () => Promise<string[][]>]>([
      [
        'README.md and docs/',
        async () => {
          const toLocalCloud = `aws() { command aws --endpoint-url ${pipeline.cloud.url} "$@"; }`;
          const commands = (await Promise.all(pages.map(textOf))).map(commandsIn);
          return commands.filter(each => each.length > 0).map(each => [toLocalCloud, ...each]);
        },
      ],
      ['local/README.md', async () => [commandsIn(await textOf('local/README.md'))]],
      [
        'npm start',
        async () => {
          const {url, queueUrlOf} = pipeline.cloud;
          const shown = greeting({url, region: 'us-east-1', names, queueUrlOf}).split('\n');
          return [shown.map(line => line.trim()).filter(isCommand)];
        },
      ],
    ])(
      'takes what %s shows',
      async (where, commandsOf) => {
        const scripts = (await commandsOf()).map(commands =>
          commands
            .filter(line => isKnownTo(version, line))
            .map(line => line.replaceAll(/relayq([-/])(?:dev|prod)\b/g, 'relayq$1local'))
            .map(line =>
              line.replaceAll('http://127.0.0.1:4566', pipeline.cloud.url).replace(' --follow', ''),
            ),
        );
        expect(scripts.flat().length).toBeGreaterThan(2);
        // A receive from an empty queue would wait.
        for (const queue of [names.outboxDlq, names.waitingDlq, names.outboxOversize, names.results.results])
          pipeline.cloud.sqs.sendMessage(queue, {body: '{}'});
        // Twice: what worked once is typed again.
        const script = scripts
          .map(lines => [...lines, ...lines.filter(line => / put-parameter /.test(line))])
          .map(lines => `(${lines.join('\n')})`)
          .join('\n');
        const env = {
          PATH: `${directory}:/usr/bin:/bin`,
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: 'local',
          AWS_REGION: 'us-east-1',
          AWS_DEFAULT_REGION: 'us-east-1',
          AWS_CONFIG_FILE: '/dev/null',
          AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        };
        const ran = run('bash', ['-euo', 'pipefail', '-c', script], {env, cwd: directory});
        await expect(ran).resolves.toMatchObject({stderr: expect.not.stringContaining('rror')});
        // What was copied is deleted.
        if (hasJq && where.includes('docs/')) expect(pipeline.countIn(names.waitingDlq)).toBe(0);
      },
      120_000,
    );
  },
);

it('names the version that a line needs', async () => {
  const files = [...pages, 'local/README.md', 'cli/start/greeting.ts'];
  for (const file of files) {
    const text = await textOf(file);
    for (const {command, said} of needs) if (command.test(text)) expect(text).toMatch(said);
  }
});

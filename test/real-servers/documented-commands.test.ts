// Every `aws` line that the documentation and `npm start` show, typed as it stands into each `aws` that there is.

import {execFile} from 'node:child_process';
import {chmod, mkdtemp, readFile, realpath, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {greeting} from '../../local/greeting.ts';
import {projectRoot} from '../global-setup.ts';
import {names, Pipeline} from '../pipeline/pipeline-under-test.ts';
import {isExecutable} from '../servers/server-process.ts';

const run = promisify(execFile);

/** Of the PATH, and further ones that RELAYQ_AWS names as a path does. */
async function programs(): Promise<{program: string; version: readonly number[]}[]> {
  const directories = `/usr/bin${delimiter}${process.env.PATH ?? ''}`.split(delimiter);
  const named = (process.env.RELAYQ_AWS ?? '').split(delimiter).filter(path => path !== '');
  const found = new Map<string, {program: string; version: readonly number[]}>();
  for (const path of [...directories.map(directory => join(directory, 'aws')), ...named]) {
    if (!(await isExecutable(path))) continue;
    const {stdout} = await run(path, ['--version']);
    const version = /aws-cli\/([\d.]+)/.exec(stdout)?.[1]?.split('.').map(Number) ?? [];
    found.set(`${await realpath(path)} ${version}`, {program: path, version});
  }
  return [...found.values()];
}

/** What a line needs that not every version has: the least version of each generation, and what the text beside it says. */
const needs: readonly {command: RegExp; least: Readonly<Record<number, number>>; said: RegExp}[] = [
  {command: /logs tail/, least: {2: 0}, said: /version 2 of `?aws/},
  {
    command: /start-message-move-task/,
    least: {1: 27, 2: 12},
    said: /1\.27\.165 and 2\.36\.12 know the last command/,
  },
];
/** Services that the local cloud has not got. */
const notHere = /\baws (?:lambda|service-quotas) /;

const isKnownTo = ([generation = 0, minor = 0]: readonly number[], line: string): boolean =>
  needs
    .filter(({command}) => command.test(line))
    .every(({least}) => minor >= (least[generation] ?? Number.POSITIVE_INFINITY));

/** The lines of a text's shell blocks. */
const linesIn = (text: string): string[] =>
  [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)].flatMap(([, block = '']) =>
    block.split('\n').map(line => line.trim()),
  );

const found = await programs();
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

    it.each<[string, () => Promise<string[]>]>([
      [
        'README.md',
        async () => [
          `aws() { command aws --endpoint-url ${pipeline.cloud.url} "$@"; }`,
          ...linesIn(await readFile(join(projectRoot, 'README.md'), 'utf8')),
        ],
      ],
      ['local/README.md', async () => linesIn(await readFile(join(projectRoot, 'local/README.md'), 'utf8'))],
      [
        'npm start',
        async () => {
          const {url, queueUrlOf} = pipeline.cloud;
          return greeting({url, region: 'us-east-1', names, queueUrlOf})
            .split('\n')
            .map(line => line.trim());
        },
      ],
    ])(
      'takes what %s shows',
      async (_, linesOf) => {
        const lines = (await linesOf())
          .filter(line => /^(?:aws |aws\(\)|\w+=\$\(aws )/.test(line) && !notHere.test(line))
          .filter(line => isKnownTo(version, line))
          .map(line =>
            line.replaceAll('relayq-dev', 'relayq-local').replaceAll('/relayq/dev/', '/relayq/local/'),
          )
          .map(line => line.replaceAll('http://127.0.0.1:4566', pipeline.cloud.url).replace(' --follow', ''));
        expect(lines.length).toBeGreaterThan(2);
        // A receive from an empty queue would wait.
        for (const queue of [names.outboxDlq, names.outboxOversize, names.results.results])
          pipeline.cloud.sqs.sendMessage(queue, {body: '{}'});
        // Twice: what worked once is typed again.
        for (const line of lines.filter(each => / put-parameter /.test(each))) lines.push(line);
        const env = {
          PATH: `${directory}:/usr/bin:/bin`,
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: 'local',
          AWS_REGION: 'us-east-1',
          AWS_DEFAULT_REGION: 'us-east-1',
          AWS_CONFIG_FILE: '/dev/null',
          AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        };
        const ran = run('bash', ['-euo', 'pipefail', '-c', lines.join('\n')], {env, cwd: directory});
        await expect(ran).resolves.toMatchObject({stderr: expect.not.stringContaining('rror')});
      },
      120_000,
    );
  },
);

it('names the version that a line needs', async () => {
  const files = ['README.md', 'local/README.md', 'local/greeting.ts'];
  for (const file of files) {
    const text = await readFile(join(projectRoot, file), 'utf8');
    for (const {command, said} of needs) if (command.test(text)) expect(text).toMatch(said);
  }
});

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterEach, describe, expect, it} from 'vitest';
import type {Resources} from '../../local/template/resources.ts';
import {assetsOf, CloudsUnderTest} from './cloud-under-test.ts';
import {isRunning} from './lambda/functions-under-test.ts';
import {assets, templateOf} from './template/template-under-test.ts';

const clouds = new CloudsUnderTest();
const directories: string[] = [];
afterEach(async () => {
  await clouds.stop();
  await Promise.all(directories.splice(0).map(directory => rm(directory, {recursive: true, force: true})));
});

/** Prints its pid and task root, then hangs until its timeout, or until somebody ends it. */
const hanging = `
  export const handler = async () => {
    process.stdout.write(JSON.stringify({pid: process.pid, taskRoot: process.cwd()}) + '\\n');
    await new Promise(() => setInterval(() => {}, 60000));
  };`;
interface Told {
  readonly pid: number;
  readonly taskRoot: string;
}

/** So long that no test could wait for an invocation to time out. */
const longLived = ({functions, queues}: Resources) => {
  for (const each of functions) each.timeoutS = 900;
  for (const {attributes} of queues) attributes.VisibilityTimeout = '900';
};

describe('a cloud', () => {
  it('leaves no process, no file and no port behind, even with an invocation in hand', async () => {
    const {cloud, send, records} = await clouds.start(hanging, {graceMs: 100, overrides: longLived});
    await send('tested-work', 'hello');
    await expect.poll(records).toHaveLength(1);
    const [{pid, taskRoot}] = records<Told>() as [Told];
    expect(isRunning(pid)).toBe(true);
    await cloud.stop();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(taskRoot)).toBe(false);
    const server = createServer().listen(cloud.port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });

  it('lets invocations finish when it is stopped', async () => {
    const {cloud, send, records} = await clouds.start(
      `export const handler = async () => {
        process.stdout.write('{"begun":true}\\n');
        await new Promise(done => setTimeout(done, 300));
        process.stdout.write('{"ended":true}\\n');
      };`,
      {graceMs: 60_000},
    );
    await send('tested-work', 'hello');
    await expect.poll(records).toHaveLength(1);
    await cloud.stop();
    expect(records()).toEqual([{begun: true}, {ended: true}]);
  });

  it('takes its processes and files with it when it is killed', async () => {
    const assetsDirectory = await assetsOf(hanging);
    directories.push(assetsDirectory);
    const script = join(assetsDirectory, 'cloud.ts');
    const options = {template: templateOf(), assets, assetsDirectory, port: 0};
    await writeFile(
      script,
      `import {startCloud} from ${JSON.stringify(join(import.meta.dirname, '../../local/cloud.ts'))};
       const cloud = await startCloud({
         ...${JSON.stringify(options)},
         onLog: (_, {message}) => console.log(message),
       });
       void cloud.functions.get('tested-function').invoke('{}');`,
    );
    const parent = spawn(process.execPath, [script], {stdio: ['ignore', 'pipe', 'inherit']});
    let told: Told | undefined;
    for await (const line of createInterface({input: parent.stdout})) {
      if (line.startsWith('{')) {
        told = JSON.parse(line) as Told;
        break;
      }
    }
    expect(isRunning(told!.pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isRunning(told!.pid)).toBe(false);
    await expect.poll(() => existsSync(told!.taskRoot)).toBe(false);
  });

  it('says what AWS would refuse, and starts nothing', async () => {
    const started = clouds.start(hanging, {
      overrides: ({functions}) => {
        functions[0]!.timeoutS = 60;
      },
    });
    await expect(started).rejects.toThrow(
      'FromWork: Queue visibility timeout: 6 seconds is less than Function timeout: 60 seconds',
    );
  });

  it('looks through no more messages of a FIFO queue than its window has', async () => {
    const {cloud, send} = await clouds.start(hanging, {
      fifoWindow: 2,
      overrides: ({eventSourceMappings}) => {
        for (const mapping of eventSourceMappings) mapping.enabled = false;
      },
    });
    for (const group of ['a', 'a', 'b']) await send('tested-ordered.fifo', 'hello', group);
    const receive = () => cloud.sqs.receive('tested-ordered.fifo', {maxNumberOfMessages: 10});
    expect(await receive()).toHaveLength(2);
    expect(await receive()).toEqual([]);
  });

  it('says so when its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as {port: number};
    await expect(clouds.start(hanging, {port})).rejects.toMatchObject({code: 'EADDRINUSE'});
    server.close();
  });

  it('has its queues and their messages again after a restart on the same data', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'relayq-test-'));
    directories.push(dataDirectory);
    const disabled = ({eventSourceMappings}: {eventSourceMappings: {enabled: boolean}[]}) => {
      for (const mapping of eventSourceMappings) mapping.enabled = false;
    };
    const first = await clouds.start(hanging, {dataDirectory, overrides: disabled});
    await first.send('tested-work', 'kept');
    expect(await first.countOf('tested-work')).toBe(1);
    await first.cloud.stop();
    const second = await clouds.start(
      `export const handler = async ({Records: [{body}]}) => { process.stdout.write(JSON.stringify({body}) + '\\n'); };`,
      {
        dataDirectory,
        overrides: ({queues}) => {
          for (const {attributes} of queues) attributes.DelaySeconds = '1';
        },
      },
    );
    // A change of the template changes the queue, and its messages stay.
    expect(second.cloud.sqs.queue('tested-work').definition.attributes.DelaySeconds).toBe('1');
    await expect.poll(() => second.records()).toEqual([{body: 'kept'}]);
  });
});

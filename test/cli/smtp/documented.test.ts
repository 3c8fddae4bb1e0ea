// What docs/smtp.md and the Dockerfile say is what there is.

import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {parseClients} from '../../../submission/smtp/clients.ts';
import {defaultLimits} from '../../../submission/smtp/limits.ts';
import {hashOf} from '../../../submission/smtp/password-hash.ts';
import {fixture} from '../../fixtures/fixture.ts';
import {projectRoot} from '../../global-setup.ts';
import {freePort} from '../../servers/server-process.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

const page = readFileSync(join(projectRoot, 'docs/smtp.md'), 'utf8');
const dockerfile = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text!);

let relayq: RelayqUnderTest;
beforeEach(async () => {
  relayq = await RelayqUnderTest.create(() => 1);
});
afterEach(() => relayq.stop());

test('every option that is named is one', async () => {
  const {stdout: help} = await relayq.run(['smtp', '--help']);
  const options = new Set(help.match(/--[a-z-]+/g));
  const named = [
    ...page.replace(/`npm run bench[^`]*`/g, '').matchAll(/(?<![\w-])--[a-z][a-z-]*/g),
    ...dockerfile.matchAll(/"(--[a-z-]+)"/g),
  ].map(match => match[1] ?? match[0]);
  expect(named.length).toBeGreaterThan(10);
  expect([...new Set(named)].filter(option => !options.has(option))).toEqual([]);
});

test('the list of clients is one', async () => {
  const hash = await hashOf('a password');
  const [list] = blocks('json');
  const clients = parseClients(list!.replaceAll('$scrypt$ln=15,r=8,p=1$…', hash));
  expect(clients.ok && [...clients.value.keys()]).toEqual(['shop', 'relay']);
});

test('the limits are those of the code', () => {
  const {connections, connectionsPerAddress, signInMs, commandMs, textMs, recipients, placeMs, repeatMs} =
    defaultLimits;
  expect(page).toContain(`| ${connections.toLocaleString('en')} and ${connectionsPerAddress}: `);
  expect(page).toContain(`| ${signInMs / 1000} s; after three wrong passwords`);
  expect(page).toContain(`| ${commandMs / 1000} s after the reply`);
  expect(page).toContain(`| ${textMs / 1000} s after DATA`);
  expect(page).toContain(`| ${recipients}, then \`452 4.5.3\``);
  expect(page).toContain(`has not answered after ${placeMs / 1000} s`);
  expect([repeatMs, defaultLimits.textOctets]).toEqual([4 * 3_600_000, 128 * 1024 * 1024]);
});

test('containers are told what they understand', async () => {
  const [, ...containers] = blocks('json').map(block => JSON.parse(block.replace(/\$scrypt[^"]*/g, '')));
  const hash = await hashOf('a password');
  const environment = {
    CLIENTS: JSON.stringify({shop: {password: hash, senders: ['example.com']}}),
    CERTIFICATE: fixture('localhost.crt'),
    KEY: fixture('localhost.key'),
  };
  const [, json] = /^ENTRYPOINT (.*)$/m.exec(dockerfile)!;
  const [program, ...entry] = JSON.parse(json!) as string[];
  expect(program).toBe('relayq');
  expect(containers).toHaveLength(2);
  for (const {command} of containers as {command: string[]}[]) {
    // The ports are the tests' own, and there is no AWS.
    const args = [...entry, ...command].map(arg => arg.replace(/:\d+$/, ':0').replace(/^prod$/, 'local'));
    const listen = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
    const queue = ['--queue-url', 'http://127.0.0.1:1/000000000000/outbox'];
    const child = relayq.start([...args, ...listen, ...queue], environment);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(String(line).split('\n')[0]!)).toMatchObject({message: 'listening'});
    child.kill('SIGKILL');
  }
});

test('the container has no rights, and its health is asked for', async () => {
  expect(/^USER (.*)$/m.exec(dockerfile)?.[1]).toBe('node');
  expect(dockerfile.indexOf('\nUSER node\n')).toBeGreaterThan(dockerfile.lastIndexOf('\nRUN '));
  expect(dockerfile).toContain('HEALTHCHECK --interval=30s --timeout=5s CMD ["relayq-health"]');
  const port = await freePort();
  const script = join(relayq.directory, 'relayq-health.cjs');
  const source = readFileSync(join(projectRoot, 'examples/smtp/relayq-health'), 'utf8');
  await writeFile(script, source.replace(':8025/', `:${port}/`));
  const health = () =>
    promisify(execFile)(process.execPath, [script]).then(
      () => 0,
      ({code}) => code as number,
    );
  expect(await health()).toBe(1);
  const queue = ['--queue-url', 'http://127.0.0.1:1/000000000000/outbox'];
  const child = relayq.start(['smtp', '--listen', '127.0.0.1:0', '--health', `127.0.0.1:${port}`, ...queue]);
  await once(child.stdout, 'data');
  expect(await health()).toBe(0);
});

test('systemd starts it with options that are there', () => {
  const [unit] = blocks('ini');
  const [, command] = /^ExecStart=\/usr\/bin\/relayq (.*)$/m.exec(unit!)!;
  const named = [...command!.matchAll(/\$\{CREDENTIALS_DIRECTORY\}\/(\w+)/g)].map(([, name]) => name);
  const loaded = [...unit!.matchAll(/^LoadCredential=(\w+):/gm)].map(([, name]) => name);
  expect(named).toEqual(loaded);
});

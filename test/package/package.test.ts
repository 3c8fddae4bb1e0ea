import {once} from 'node:events';
import {readFileSync, rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {createTransport} from 'nodemailer';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {listen} from '../../local/endpoint/endpoint.ts';
import {mailDoor} from '../../local/sink/page.ts';
import {startSink} from '../../local/sink/sink.ts';
import {synthesise} from '../cdk/app-under-test.ts';
import {projectRoot} from '../global-setup.ts';
import {startSqs} from '../local/sqs/sqs-under-test.ts';
import {PackageUnderTest, pack, type Run, run} from './package-under-test.ts';

let relayq: PackageUnderTest;
beforeAll(async () => {
  relayq = await PackageUnderTest.create();
});
afterAll(() => relayq?.remove());

const pathsOf = ({packed: {files}}: PackageUnderTest) => files.map(({path}) => path);

describe('the tarball', () => {
  test('has the pages, what was compiled, and the bundles; no test, no local cloud, no bench', () => {
    const expected =
      /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|docs\/[\w.-]+|dist\/(?:index|(?:cli|cdk|shared|functions|submission)\/[\w/-]+)(?:\.d\.ts|\.js)|dist\/bundles\/(?:route|deliver|keeper)\/index\.js|dist\/console\/[\w-]+\.(?:html|js|css))$/;
    expect(pathsOf(relayq).filter(path => !expected.test(path))).toEqual([]);
    expect(pathsOf(relayq)).toEqual(
      expect.arrayContaining([
        'dist/bundles/route/index.js',
        'dist/bundles/deliver/index.js',
        'dist/bundles/keeper/index.js',
        'dist/console/index.html',
        'dist/console/main.js',
        'dist/console/main.css',
        'dist/cli/console/mail/mail-thread.js',
      ]),
    );
    expect(pathsOf(relayq).filter(path => /start|app\.js|context\.js$/.test(path))).toEqual([
      'dist/cli/command/context.js',
    ]);
  });

  test('names no place of this machine', () => {
    const places = [join(projectRoot, '/'), join(homedir(), '/'), join(tmpdir(), 'relayq-')];
    const naming = pathsOf(relayq).filter(path => {
      const text = readFileSync(relayq.pathOf(path), 'utf8');
      return places.some(place => text.includes(place));
    });
    expect(naming).toEqual([]);
  });

  test('is the same when it is packed again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'relayq-package-'));
    try {
      expect((await pack(directory)).integrity).toBe(relayq.packed.integrity);
    } finally {
      rmSync(directory, {recursive: true});
    }
  });

  test('depends on what it imports, and on nothing else', () => {
    const imports = /^(?:import|export) (?:.* from )?'([^.'][^']*)';$|\bimport\('([^.'][^']*)'\)/gm;
    const compiled = pathsOf(relayq).filter(path => /^dist\/(?!bundles|console\/).*\.js$/.test(path));
    const names = compiled.flatMap(path =>
      [...readFileSync(relayq.pathOf(path), 'utf8').matchAll(imports)].map(([, from, of]) => from ?? of!),
    );
    const packages = names
      .filter(name => !name.startsWith('node:'))
      .map(name => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0]);
    const {dependencies, peerDependencies} = relayq.packageJson;
    expect([...new Set(packages)].sort()).toEqual(Object.keys({...dependencies, ...peerDependencies}).sort());
  });
});

describe('the command, on the oldest Node.js', () => {
  test('tells its version', async () => {
    const {version} = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    expect(await relayq.relayq('--version')).toEqual({code: 0, stdout: `${version}\n`, stderr: ''});
  });

  test.each([[['--help']], [['status', '--help']], [['completion', 'bash']]])(
    'does as in the checkout: relayq %j',
    async args => {
      const expected = await run(process.execPath, [join(projectRoot, 'cli/relayq.ts'), ...args]);
      expect(expected).toMatchObject({code: 0, stderr: ''});
      expect(await relayq.relayq(...args)).toEqual(expected);
    },
  );

  test('checks messages', async () => {
    const examples = join(projectRoot, 'examples');
    const checked = await relayq.relayq('send', '--dry-run', examples);
    expect(checked).toMatchObject({code: 0, stderr: ''});
    expect(checked.stdout).toContain('hello.json');
  });
});

describe('the console, on the oldest Node.js', () => {
  test('serves its page, and reads received mail', async () => {
    const sink = await startSink({port: 0});
    const endpoint = await listen([mailDoor(sink)], {port: 0});
    const started = relayq.start('console', '--port', '0', '--endpoint-url', endpoint.url);
    try {
      const transport = createTransport({host: '127.0.0.1', port: sink.port, ignoreTLS: true});
      await transport.sendMail({from: 'a@example.org', to: 'b@example.com', subject: 'hi', text: 'hello'});
      transport.close();
      const [line] = (await Promise.race([
        once(createInterface({input: started.stdout}), 'line'),
        once(started, 'exit').then(() => ['it has ended']),
      ])) as [string];
      const {origin, hash} = new URL(line);
      const page = await (await fetch(origin)).text();
      expect(page).toBe(readFileSync(relayq.pathOf('dist/console/index.html'), 'utf8'));
      const signedIn = await fetch(`${origin}/session`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({token: hash.slice(1)}),
      });
      const {second} = (await signedIn.json()) as {second: string};
      const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
      const mail = await fetch(`${origin}/api/mail/1`, {headers: {cookie, 'x-relayq-second': second}});
      expect(await mail.json()).toMatchObject({text: 'hello\n', hasHtml: false});
    } finally {
      started.kill('SIGKILL');
      await endpoint.close();
      await sink.close();
    }
  });
});

describe('the library, on the oldest Node.js', () => {
  test('is imported', async () => {
    const code = `import {namesOf} from 'relayq'; console.log(namesOf('prod').outbox);`;
    const {stdout, stderr} = await relayq.node('--input-type=module', '--eval', code);
    expect({stdout, stderr}).toEqual({stdout: 'relayq-prod-outbox\n', stderr: ''});
  });

  test.each([
    ['imported', `import {createTransport} from 'nodemailer'; import * as relayq from 'relayq/nodemailer';`],
    [
      'required',
      `const {createTransport} = require('nodemailer'); const relayq = require('relayq/nodemailer');`,
    ],
  ])('sends for nodemailer, over both ways, when it is %s', async (how, imports) => {
    const sqs = await startSqs();
    try {
      const queue = await sqs.queue();
      const code = `${imports}
        Object.assign(process.env, {AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_REGION: 'us-east-1'});
        const queueUrl = '${queue.url}';
        const mail = {from: 'a@example.org', to: 'b@example.com', text: 'hello'};
        const ways = [relayq.relayqTransport({queueUrl}), {SES: relayq.relayqSes({queueUrl})}];
        Promise.all(ways.map(way => createTransport(way).sendMail(mail))).then(() => console.log('sent'));`;
      const type = how === 'imported' ? ['--input-type=module'] : [];
      expect(await relayq.node(...type, '--eval', code)).toMatchObject({code: 0, stdout: 'sent\n'});
      expect((await queue.bodies()).map(body => JSON.parse(body!).recipient)).toEqual([
        'b@example.com',
        'b@example.com',
      ]);
    } finally {
      await sqs.stop();
    }
  });

  test('is required', async () => {
    const code = `console.log(require('relayq').namesOf('prod').outbox, typeof require('relayq/cdk').RelayqStack);`;
    expect(await relayq.node('--eval', code)).toMatchObject({stdout: 'relayq-prod-outbox function\n'});
  });

  test.each([
    ['alone', 'typed.ts', {types: []}],
    // nodemailer's and the SDK's own types need those of Node.js.
    ['for nodemailer', 'mail.ts', {types: ['node'], typeRoots: [join(projectRoot, 'node_modules/@types')]}],
  ])('has types that fit: %s', async (_, file, types) => {
    await relayq.write(file, file === 'mail.ts' ? typedMail : typed);
    // Nothing is skipped: the declarations of the package have to make sense by themselves.
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      ...types,
      strict: true,
      noEmit: true,
    };
    await relayq.write('tsconfig.json', JSON.stringify({compilerOptions, files: [file]}));
    const tsc = join(projectRoot, 'node_modules/.bin/tsc');
    expect(await run(tsc, ['-p', relayq.folder])).toEqual({code: 0, stdout: '', stderr: ''});
  });

  test('deploys the stack of the checkout, with its bundles, from the app of docs/deploy.md', async () => {
    const [, app] = /```js\n(.*?)```/s.exec(readFileSync(join(projectRoot, 'docs/deploy.md'), 'utf8')) ?? [];
    await relayq.write('app.mjs', app!);
    const {code, stderr} = await synthesised('app.mjs', 'out');
    expect(code, stderr).toBe(0);
    const checkout = await synthesise({stage: 'prod', alarmEmail: 'ops@example.com', checks: 'false'});
    try {
      expect(checkout.code, checkout.output).toBe(0);
      expect(stackIn(join(relayq.folder, 'out'))).toEqual(stackIn(checkout.directory));
    } finally {
      rmSync(checkout.directory, {recursive: true});
    }
  });
});

describe('the construct, on the oldest Node.js', () => {
  test('stands in the stack of examples/cdk, which the rules of CloudFormation and of cdk-nag let pass', async () => {
    await relayq.write('shop.mjs', readFileSync(join(projectRoot, 'examples/cdk/app.mjs'), 'utf8'));
    const {code, stdout, stderr} = await synthesised('shop.mjs', 'shop');
    expect(code, stdout + stderr).toBe(0);
    const read = (file: string) => JSON.parse(readFileSync(join(relayq.folder, 'shop', file), 'utf8'));
    expect(read('validation-report.json').pluginReports).toEqual([
      expect.objectContaining({pluginName: 'AwsSolutions', conclusion: 'success', violations: []}),
    ]);
    const {Resources} = read('shop.template.json') as {Resources: Record<string, {Type: string}>};
    const functions = Object.entries(Resources).filter(([, {Type}]) => Type === 'AWS::Lambda::Function');
    expect(functions.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).toSorted()).toEqual([
      expect.stringMatching(/^CustomVpcRestrictDefaultSG/),
      'MailDeliverFunction',
      'MailKeeperFunction',
      'MailRouteFunction',
      'Orders',
    ]);
  });
});

/** Runs the CDK's command line in the folder of whoever has installed the package. */
function synthesised(app: string, output: string): Promise<Run> {
  // What the command line would add to the template of any app.
  const plain = ['--no-version-reporting', '--no-asset-metadata', '--no-path-metadata', '--no-notices'];
  const cdk = join(projectRoot, 'node_modules/aws-cdk/bin/cdk');
  return relayq.node(cdk, 'synth', '--app', `node ${app}`, '--output', output, '--quiet', ...plain);
}

const typed = `import {App} from 'aws-cdk-lib';
import {type Names, namesOf, type OutboxMessage, type PublishedResult} from 'relayq';
import {RelayqStack, type RelayqStackProps} from 'relayq/cdk';

const names: Names = namesOf('prod');
const props: RelayqStackProps = {stage: 'prod', deliverConcurrency: 5, terminationProtection: true};
new RelayqStack(new App(), names.stack, props);
export const message: OutboxMessage & {order: number} = {recipient: 'info@example.org', mime: '', order: 7};
export const keyOf = ({relayq, results}: PublishedResult): string => relayq.key + results[0]?.state;
// @ts-expect-error No message has that.
export const wrong: OutboxMessage = {recipient: 'info@example.org', mime: '', maxattempt: 7};
// @ts-expect-error A stage has to be named.
new RelayqStack(new App(), names.stack, {});
// @ts-expect-error There is no such queue.
names.inbox;
`;

const typedMail = `import {createTransport, type SendMailOptions} from 'nodemailer';
import {type RelayqMail, type RelayqSent, relayqSes, relayqTransport} from 'relayq/nodemailer';

const transport = createTransport(relayqTransport({queueUrl: 'x', message: {tags: ['all']}}));
const mail: SendMailOptions & RelayqMail = {to: 'info@example.org', relayq: {maxattempts: 7}};
export const sent: Promise<RelayqSent> = transport.sendMail(mail);
export const overSes = createTransport({SES: relayqSes({queueUrl: 'x'})}).sendMail(mail);
// @ts-expect-error The mail says it.
relayqTransport({queueUrl: 'x', message: {recipient: 'info@example.org'}});
`;

/** The template without its hashes, and the code of its functions. */
function stackIn(directory: string) {
  const read = (file: string) => readFileSync(join(directory, file), 'utf8');
  const hashes = new Map<string, string>();
  const {files} = JSON.parse(read('relayq-prod.assets.json')) as {
    files: Record<string, {source: {path: string; packaging: string}}>;
  };
  for (const [hash, {source}] of Object.entries(files))
    if (source.packaging === 'zip') hashes.set(hash, read(join(source.path, 'index.js')));
  const template = read('relayq-prod.template.json').replaceAll(/\b[0-9a-f]{64}\b/g, 'a hash');
  return {template: JSON.parse(template), codes: [...hashes.values()].sort()};
}

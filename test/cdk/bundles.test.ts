import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {buildSync} from 'esbuild';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {needs, variables} from '../../shared/names.ts';
import {root, type Synthesis, synthesise} from './app-under-test.ts';

/** Packages that are only ever bundled: whoever installs relayq has no need of them. */
const onlyBundled = ['@leichtgewicht/ip-codec', '@middy/core', '@middy/util', 'dns-packet'];

/** A cold start reads it all: most of it is the SDK. */
const maxOctets = 460_000;

let synthesis: Synthesis;
beforeAll(async () => {
  synthesis = await synthesise({checks: 'false'});
  expect(synthesis.code, synthesis.output).toBe(0);
});
afterAll(() => rmSync(synthesis.directory, {recursive: true}));

/** The directory that is uploaded for a function. */
function assetOf(functionName: string): string {
  const readJson = (file: string) => JSON.parse(readFileSync(join(synthesis.directory, file), 'utf8'));
  const {Resources} = readJson('relayq-dev.template.json');
  const {files} = readJson('relayq-dev.assets.json');
  for (const {Properties} of Object.values(Resources) as {Properties: Record<string, never>}[]) {
    if (Properties.FunctionName !== functionName || Properties.Code === undefined) continue;
    const [hash] = String((Properties.Code as {S3Key: string}).S3Key).split('.');
    return join(synthesis.directory, files[hash!].source.path);
  }
  throw new Error(`no function ${functionName}`);
}

test('each function has a bundle of its own', () => {
  const [route, deliver] = ['route', 'deliver'].map(name =>
    readFileSync(join(assetOf(`relayq-dev-${name}`), 'index.js'), 'utf8'),
  );
  expect([route, deliver].map(code => code!.includes('STARTTLS'))).toEqual([false, true]);
});

describe.each(['route', 'deliver'] as const)('the bundle of %s', name => {
  test(`is one file below ${maxOctets} octets`, () => {
    const asset = assetOf(`relayq-dev-${name}`);
    expect(readdirSync(asset)).toEqual(['index.js']);
    const {size} = statSync(join(asset, 'index.js'));
    expect(size).toBeGreaterThan(100_000);
    expect(size).toBeLessThan(maxOctets);
  });

  test('is loaded by Node.js on its own, with the variables that it needs and without fetch, and has a handler', async () => {
    const bundle = join(assetOf(`relayq-dev-${name}`), 'index.js');
    const given = needs[name].map(each => [variables[each], 'https://sqs.invalid/000000000000/q']);
    const code = `
      const {handler} = require(${JSON.stringify(bundle)});
      console.log(typeof handler, process.moduleLoadList.filter(each => each.includes('undici')).length);
    `;
    const child = spawn(process.execPath, ['--input-type=commonjs', '--eval', code], {
      env: {...Object.fromEntries(given), [variables.stage]: 'dev', AWS_REGION: 'us-east-1'},
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        output += chunk;
      });
    }
    await once(child, 'close');
    expect(output).toBe('function 0\n');
  });

  test('is made of functions/, shared/, packages that are for production, and those that are only bundled', () => {
    const {metafile} = buildSync({
      absWorkingDir: root,
      entryPoints: [`functions/${name}/handler.ts`],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      write: false,
      metafile: true,
    });
    const {packages} = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const inputs = Object.keys(metafile.inputs);
    const packaged = inputs.filter(input => input.startsWith('node_modules/'));
    expect(packaged.length).toBeGreaterThan(100);
    expect(inputs.filter(input => !/^(functions|shared|node_modules)\//.test(input))).toEqual([]);
    // The innermost package: node_modules/a/node_modules/@b/c/index.js is of @b/c.
    const packageOf = (input: string) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? input;
    const forDevelopment = packaged.map(packageOf).filter(each => packages[each]?.dev !== undefined);
    const unexpected = forDevelopment.filter(
      each => !onlyBundled.includes(each.replace('node_modules/', '')),
    );
    expect(unexpected).toEqual([]);
    expect(packaged.map(packageOf).filter(each => packages[each] === undefined)).toEqual([]);
  });
});

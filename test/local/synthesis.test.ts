import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {synthesise} from '../../local/synthesis.ts';

/** An app that writes a cloud assembly as the CDK does, with the context in its template. */
const app = `
  import {writeFileSync} from 'node:fs';
  const {CDK_OUTDIR: directory, CDK_CONTEXT_JSON: context} = process.env;
  const write = (file, value) => writeFileSync(directory + '/' + file, JSON.stringify(value));
  write('manifest.json', {artifacts: {
    'relayq-local.assets': {type: 'cdk:asset-manifest', properties: {file: 'relayq-local.assets.json'}},
    'relayq-local': {type: 'aws:cloudformation:stack', properties: {templateFile: 'relayq-local.template.json'}},
    Tree: {type: 'cdk:tree', properties: {file: 'tree.json'}},
  }});
  write('relayq-local.assets.json', {files: {}});
  write('relayq-local.template.json', {context: JSON.parse(context)});
`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'relayq-test-'));
  await mkdir(join(root, 'cdk'));
  await mkdir(join(root, 'shared'));
  await writeFile(join(root, 'cdk', 'app.ts'), app);
  await writeFile(join(root, 'cdk.json'), '{"context":{"flag":true}}');
});
afterEach(() => rm(root, {recursive: true, force: true}));

/** Synthesises. @returns whether the app had to run */
async function run() {
  let ran = false;
  const assembly = await synthesise(root, {
    stage: 'local',
    onSynthesis: () => {
      ran = true;
    },
  });
  return {ran, ...assembly};
}

describe('the synthesis', () => {
  it('runs the app for the stage, with the context of cdk.json, and reads what it wrote', async () => {
    expect(await run()).toEqual({
      ran: true,
      directory: join(root, 'cdk.out', 'local'),
      stackName: 'relayq-local',
      template: {context: {flag: true, checks: false, stage: 'local'}},
      assets: {files: {}},
    });
  });

  it('runs again only when something has changed that the result is made of', async () => {
    await run();
    expect(await run()).toMatchObject({ran: false, template: {context: {stage: 'local'}}});
    await writeFile(join(root, 'shared', 'names.ts'), 'export const a = 1;');
    expect((await run()).ran).toBe(true);
    expect((await run()).ran).toBe(false);
    await writeFile(join(root, 'README.md'), 'words');
    expect((await run()).ran).toBe(false);
  });

  it('reports what the app said when it fails, and runs again the next time', async () => {
    await writeFile(join(root, 'cdk', 'app.ts'), 'console.error("no such construct"); process.exit(1);');
    await expect(run()).rejects.toThrow('no such construct');
    await writeFile(join(root, 'cdk', 'app.ts'), app);
    expect((await run()).ran).toBe(true);
  });
});

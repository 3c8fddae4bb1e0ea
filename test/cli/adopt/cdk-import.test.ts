// The mapping and the command that `relayq adopt` prints, given to the `cdk` that the project pins: what it asks
// CloudFormation for is what CloudFormation takes, by the schemas of resource types that `cdk` has.

import {execFile} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {gunzipSync} from 'node:zlib';
import {App} from 'aws-cdk-lib';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {readContext} from '../../../cdk/context.ts';
import {RelayqStack} from '../../../cdk/relayq-stack.ts';
import {type Cloud, startCloud} from '../../../local/cloud.ts';
import {withoutBundles} from '../../cdk/stack-under-test.ts';
import {projectRoot} from '../../global-setup.ts';
import {credentials, RelayqUnderTest} from '../relayq-under-test.ts';
import {type RecordingCloudFormation, startRecordingCloudFormation} from './recording-cloudformation.ts';

const run = promisify(execFile);

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
type Resources = Readonly<Record<string, Resource>>;

let relayq: RelayqUnderTest;
let cloud: Cloud;
let cloudFormation: RecordingCloudFormation;
let retained: Resources;
let shown: string;

beforeAll(async () => {
  relayq = await RelayqUnderTest.create(() => 1);
  const app = new App({
    outdir: join(relayq.directory, 'cdk.out'),
    context: {...withoutBundles, stage: 'dev'},
    builtinCloudFormationValidation: false,
  });
  const stack = new RelayqStack(app, 'relayq-dev', readContext(app.node));
  const {Resources: all} = app.synth().getStackArtifact(stack.artifactId).template as {Resources: Resources};
  retained = Object.fromEntries(
    Object.entries(all).filter(([, {DeletionPolicy}]) => DeletionPolicy === 'RetainExceptOnCreate'),
  );
  cloud = await startCloud({
    template: {Resources: retained},
    assets: {version: '48.0.0', files: {}},
    assetsDirectory: relayq.directory,
    port: 0,
    // `cdk` wants to know that the account is ready for it.
    prepare: ({ssm}) => ssm.put('/cdk-bootstrap/hnb659fds/version', '30'),
  });
  cloudFormation = await startRecordingCloudFormation();
  const adopted = await relayq.run(['adopt', '--stage', 'dev', '--endpoint-url', cloud.url], {
    environment: credentials,
  });
  expect(adopted).toMatchObject({code: 0});
  const [line] = /npx cdk import .*/.exec(adopted.stdout)!;
  // The app is what was synthesised above; whoever types it has one that says the same.
  const args = line.split(' ').slice(2).concat('--app', 'cdk.out', '--no-notices', '--ci');
  const {stdout} = await run(join(projectRoot, 'node_modules/.bin/cdk'), args, {
    cwd: relayq.directory,
    env: {
      PATH: process.env.PATH,
      HOME: relayq.directory,
      ...credentials,
      AWS_ENDPOINT_URL: cloud.url,
      AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.url,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      CDK_DISABLE_VERSION_CHECK: '1',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
  shown = stdout;
});
afterAll(async () => {
  await relayq.stop();
  await cloud?.stop();
  await cloudFormation?.close();
});

it('has cdk make a stack of all that is there, where there is none', () => {
  expect(shown).toContain('relayq-dev: importing resources into stack...');
  expect(cloudFormation.changeSets.map(({type}) => type)).toEqual(['IMPORT']);
  expect(cloudFormation.isExecuted).toBe(true);
  const [{imports = []} = {}] = cloudFormation.changeSets;
  expect(imports.map(({logicalId}) => logicalId).sort()).toEqual(Object.keys(retained).sort());
  for (const {logicalId, type} of imports) expect(type).toBe(retained[logicalId]!.Type);
});

it('asks for nothing else: each reference of the template leads to something in it', () => {
  const {template} = cloudFormation.changeSets[0]!;
  expect(template).not.toMatch(/AWS::(?:Lambda|IAM|CDK|SQS::QueuePolicy)/);
  const references = [...template.matchAll(/Fn::GetAtt(?:"?: ?\[?\s*|:\s*- )"?(\w+)/g)].map(([, id]) => id!);
  expect(references.length).toBeGreaterThan(4);
  expect(references.filter(id => !Object.hasOwn(retained, id))).toEqual([]);
});

it('gives each the identifier that the schema of its type names, and a deletion policy that keeps it', async () => {
  const database = gunzipSync(await readFile(join(projectRoot, 'node_modules/aws-cdk/db.json.gz')));
  const {resource} = JSON.parse(database.toString()).schema as {
    resource: {entities: {cloudFormationType: string; primaryIdentifier?: string[]}[]};
  };
  const identifiers = new Map(
    resource.entities.map(({cloudFormationType, primaryIdentifier}) => [
      cloudFormationType,
      primaryIdentifier,
    ]),
  );
  for (const {logicalId, type, identifier} of cloudFormation.changeSets[0]!.imports) {
    expect(Object.keys(identifier)).toEqual(identifiers.get(type));
    expect(retained[logicalId]!.DeletionPolicy).toBe('RetainExceptOnCreate');
  }
  expect(
    cloudFormation.changeSets[0]!.template.match(/RetainExceptOnCreate/g)!.length,
  ).toBeGreaterThanOrEqual(Object.keys(retained).length);
});

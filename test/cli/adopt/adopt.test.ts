// `relayq adopt` against what deleted stacks leave: a local cloud from the part of a template that is retained.

import {readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {CreateQueueCommand, SQSClient} from '@aws-sdk/client-sqs';
import {App, Stack} from 'aws-cdk-lib';
import {AccountRootPrincipal, PolicyStatement, Role} from 'aws-cdk-lib/aws-iam';
import {Key} from 'aws-cdk-lib/aws-kms';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {Relayq} from '../../../cdk/relayq.ts';
import {type Cloud, startCloud} from '../../../local/cloud.ts';
import {namesOf} from '../../../shared/names.ts';
import {stackWith, withoutBundles} from '../../cdk/stack-under-test.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {credentials, RelayqUnderTest} from '../relayq-under-test.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
type Resources = Readonly<Record<string, Resource>>;

const names = namesOf('dev');
const resources = stackWith().template.toJSON().Resources as Resources;
const retained: Resources = Object.fromEntries(
  Object.entries(resources).filter(([, {DeletionPolicy}]) => DeletionPolicy === 'RetainExceptOnCreate'),
);
const idOfName = (name: string, all = resources): string =>
  Object.entries(all).find(([, {Properties}]) => Object.values(Properties ?? {}).includes(name))![0];
const without = (all: Resources, ...ids: readonly string[]): Resources =>
  Object.fromEntries(Object.entries(all).filter(([id]) => !ids.includes(id)));

const unrelated: Resources = {Orders: {Type: 'AWS::SQS::Queue', Properties: {QueueName: 'orders'}}};

let cloud: Cloud | undefined;
let relayq: RelayqUnderTest;

beforeEach(async () => {
  relayq = await RelayqUnderTest.create(() => 1);
});
afterEach(async () => {
  await relayq.stop();
  await cloud?.stop();
});

const leave = async (Resources: Resources) => {
  cloud = await startCloud({
    template: {Resources},
    assets: {version: '48.0.0', files: {}},
    assetsDirectory: relayq.directory,
    port: 0,
  });
};

async function adopt(template: unknown, ...args: readonly string[]) {
  const file = 'relayq-dev.template.json';
  await writeFile(join(relayq.directory, file), JSON.stringify(template));
  const options = ['--stage', 'dev', '--endpoint-url', cloud!.url, '--template', file, ...args];
  return relayq.run(['adopt', ...options], {environment: credentials});
}

const mappingIn = async (file: string) =>
  JSON.parse(await readFile(join(relayq.directory, file), 'utf8')) as Record<string, Record<string, string>>;

describe('relayq adopt', () => {
  it('maps all that a deleted stack has left, by logical ID and identifier', async () => {
    await leave(retained);
    const {code, stdout} = await adopt({Resources: resources});
    expect(code).toBe(0);
    const mapping = await mappingIn('relayq-dev.adopt.json');
    expect(Object.keys(mapping).sort()).toEqual(Object.keys(retained).sort());
    for (const [id, identifier] of Object.entries(mapping)) {
      const {Type, Properties} = retained[id]!;
      const {QueueName, TableName, LogGroupName} = Properties as Record<string, string>;
      expect(identifier).toEqual(
        {
          'AWS::SQS::Queue': {QueueUrl: `${cloud!.url}/000000000000/${QueueName}`},
          'AWS::Logs::LogGroup': {LogGroupName},
          'AWS::DynamoDB::Table': {TableName},
        }[Type],
      );
    }
    expect(stdout).not.toContain('is not there');
    expect(stdout.match(/^ +(?:npx|aws) .*$/gm)!.map(line => line.trim())).toEqual([
      'npx cdk import relayq-dev -c stage=dev --resource-mapping relayq-dev.adopt.json',
      'npx cdk deploy relayq-dev -c stage=dev',
      'npx cdk drift relayq-dev -c stage=dev',
    ]);
  });

  it('maps a part, says what is not there, and how long SQS keeps a name', async () => {
    await leave({
      ...without(retained, idOfName(names.held), idOfName(names.suppressions)),
      // Its name begins with one of ours.
      More: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: `/aws/lambda/${names.keeper}-2`}},
    });
    const {code, stdout, stderr} = await adopt({Resources: resources}, '--mapping', 'mine.json');
    expect(code).toBe(0);
    const mapping = await mappingIn('mine.json');
    expect(Object.keys(mapping)).toHaveLength(Object.keys(retained).length - 2);
    expect(stdout).toContain(`is not there: ${names.held}\nis not there: ${names.suppressions}\n`);
    expect(stdout).toContain('--resource-mapping mine.json');
    expect(stderr).toContain('after 60 s');
  });

  it('says so when the stage is deployed, or when nothing of it is there', async () => {
    const {Type, Properties} = resources[idOfName(names.state)]!;
    await leave({...retained, State: {Type, Properties}});
    const deployed = await adopt({Resources: resources});
    expect(deployed).toMatchObject({code: 0, stdout: expect.stringContaining('is deployed')});
    await cloud!.stop();
    await leave(unrelated);
    const nothing = await adopt({Resources: resources}, '--json');
    expect(JSON.parse(nothing.stdout)).toEqual({
      version: 1,
      stage: 'dev',
      state: 'nothing',
      stack: 'relayq-dev',
    });
    await expect(stat(join(relayq.directory, 'relayq-dev.adopt.json'))).rejects.toThrow('ENOENT');
  });

  it('maps nothing where a queue is there without its dead-letter queue, until that is made', async () => {
    const dead = idOfName(names.deliveryDlq);
    // The local cloud, too, makes no queue before its dead-letter queue; that one may have been deleted later.
    const orphans = Object.fromEntries(
      Object.entries(retained).map(([id, resource]) => {
        const {RedrivePolicy, ...rest} = resource.Properties;
        const lost = JSON.stringify(RedrivePolicy ?? '').includes(dead);
        return [id, lost ? {...resource, Properties: rest} : resource];
      }),
    );
    await leave(without(orphans, dead));
    const {code, stderr} = await adopt({Resources: resources});
    expect(code).toBe(1);
    expect(stderr).toContain(`${names.delivery}, ${names.deliverySlow}: not without ${names.deliveryDlq}`);
    expect(stderr).toContain(
      `aws sqs create-queue --queue-name ${names.deliveryDlq} --attributes FifoQueue=true`,
    );
    await expect(stat(join(relayq.directory, 'relayq-dev.adopt.json'))).rejects.toThrow('ENOENT');

    const client = new SQSClient(sdkOptions(cloud!.url));
    await client.send(
      new CreateQueueCommand({QueueName: names.deliveryDlq, Attributes: {FifoQueue: 'true'}}),
    );
    client.destroy();
    expect((await adopt({Resources: resources})).code).toBe(0);
    expect(await mappingIn('relayq-dev.adopt.json')).toHaveProperty(dead);
  });

  it('keeps the line that somebody has added to the mapping', async () => {
    await leave(retained);
    await adopt({Resources: resources});
    expect((await adopt({Resources: resources})).code).toBe(0);
    await writeFile(join(relayq.directory, 'relayq-dev.adopt.json'), '{}');
    const {code, stderr} = await adopt({Resources: resources});
    expect({code, stderr}).toEqual({code: 1, stderr: expect.stringContaining('says something else')});
    expect(await mappingIn('relayq-dev.adopt.json')).toEqual({});
  });

  it('tells how the Elastic IP is found and given, where the stack would make another', async () => {
    await leave(retained);
    const direct = stackWith({directMx: 'true', zones: 'eu-west-1a,eu-west-1b'}).template.toJSON();
    const {stdout} = await adopt(direct);
    expect(stdout).toContain('1. find the Elastic IP');
    expect(stdout).toContain('aws ec2 describe-addresses ');
    expect(stdout).toContain('npx cdk deploy relayq-dev -c stage=dev -c eipAllocationId=eipalloc-…');
    const given = {directMx: 'true', zones: 'eu-west-1a,eu-west-1b', eipAllocationId: 'eipalloc-01234567'};
    await writeFile(join(relayq.directory, 'relayq-dev.adopt.json'), '{}');
    const again = await adopt(stackWith(given).template.toJSON(), '--mapping', 'again.json');
    expect(again.stdout).not.toContain('describe-addresses');
  });

  it.each([
    ['there is no template', undefined, 'npx cdk synth -c stage=dev'],
    ['it is no template', '[]', 'is no template'],
    ['it is no JSON', '{', 'cannot be read'],
    ['it is that of another stage', JSON.stringify({Resources: {}}), 'has no queues of stage dev'],
  ])('refuses where %s', async (_, text, said) => {
    await leave(unrelated);
    if (text !== undefined) await writeFile(join(relayq.directory, 't.json'), text);
    const args = ['adopt', '--stage', 'dev', '--endpoint-url', cloud!.url, '--template', 't.json'];
    const {code, stderr} = await relayq.run(args, {environment: credentials});
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringContaining(said)});
  });
});

describe('relayq adopt with a stack of somebody’s own', () => {
  const ownStack = () => {
    const app = new App({context: withoutBundles});
    const stack = new Stack(app, 'Shop');
    const key = new Key(stack, 'Key');
    key.addToResourcePolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        principals: [new Role(stack, 'Reader', {assumedBy: new AccountRootPrincipal()})],
        resources: ['*'],
      }),
    );
    new Relayq(stack, 'Mail', {stage: 'dev', queueKey: key});
    new Relayq(stack, 'More', {stage: 'dev-more'});
    const assembly = app.synth();
    return assembly.getStackByName('Shop').template as {Resources: Resources};
  };

  it('reads logical IDs from its template, and names what a queue refers to', async () => {
    const template = ownStack();
    await leave(retained);
    await writeFile(join(relayq.directory, 'Shop.template.json'), JSON.stringify(template));
    const args = [
      'adopt',
      '--stage',
      'dev',
      '--endpoint-url',
      cloud!.url,
      '--template',
      'Shop.template.json',
    ];
    const {code, stdout, stderr} = await relayq.run(args, {environment: credentials});
    const mapping = await mappingIn('Shop.adopt.json');
    const outbox = idOfName(names.outbox, template.Resources);
    expect(outbox).toMatch(/^Mail/);
    expect(mapping[outbox]).toEqual({QueueUrl: `${cloud!.url}/000000000000/${names.outbox}`});
    expect(Object.keys(mapping)).toHaveLength(Object.keys(retained).length);
    expect(stdout).toContain('npx cdk import Shop --resource-mapping Shop.adopt.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /refers to Key[0-9A-F]{8} \(AWS::KMS::Key\).*add "Key[0-9A-F]{8}": \{"KeyId": "…"\}/,
    );
    // The key is not imported without what its policy names.
    expect(stderr).toMatch(/Key[0-9A-F]{8}: refers to Reader[0-9A-F]{8} \(AWS::IAM::Role\)/);
  });
});

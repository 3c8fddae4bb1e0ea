import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {
  AddTagsToResourceCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  RemoveTagsFromResourceCommand,
  type ResourceTypeForTagging,
} from '@aws-sdk/client-ssm';
import {afterEach, describe, expect, it} from 'vitest';
import {openStore} from '../../../local/store/store.ts';
import {errorOf, SsmUnderTest} from './ssm-under-test.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(...options: Parameters<typeof SsmUnderTest.start>): Promise<SsmUnderTest> {
  const parameters = await SsmUnderTest.start(...options);
  cleanUps.push(() => parameters.stop());
  return parameters;
}

describe('the tags of a parameter', () => {
  const resource = {ResourceType: 'Parameter' as ResourceTypeForTagging, ResourceId: '/app/name'};
  const listOf = async ({client}: SsmUnderTest) =>
    (await client.send(new ListTagsForResourceCommand(resource))).TagList;

  it('are added, changed and removed, and outlive an overwrite', async () => {
    const parameters = await start();
    await parameters.put('/app/name', 'v', {Tags: [{Key: 'a', Value: '1'}]});
    const Tags = [
      {Key: 'a', Value: '2'},
      {Key: 'b', Value: ''},
    ];
    await parameters.client.send(new AddTagsToResourceCommand({...resource, Tags}));
    await parameters.update('/app/name', 'w');
    expect(await listOf(parameters)).toEqual(Tags);
    await parameters.client.send(new RemoveTagsFromResourceCommand({...resource, TagKeys: ['a', 'x']}));
    expect(await listOf(parameters)).toEqual([{Key: 'b', Value: ''}]);
  });

  it('are at most 50, and of a parameter that exists', async () => {
    const parameters = await start();
    const Tags = Array.from({length: 51}, (_, index) => ({Key: `k${index}`, Value: ''}));
    const add = (changes: object) =>
      errorOf(parameters.client.send(new AddTagsToResourceCommand({...resource, Tags: [], ...changes})));
    expect(await add({})).toBe('InvalidResourceId');
    await parameters.put('/app/name', 'v');
    expect(await add({Tags})).toBe('TooManyTagsError');
    expect(await add({Tags: Tags.slice(1)})).toBe('no error');
    expect(await add({ResourceType: 'Document'})).toBe('InvalidResourceType');
    expect(await add({ResourceType: 'Nothing'})).toBe('ValidationException');
  });
});

describe('the service', () => {
  it('refuses operations that it does not have', async () => {
    const {client} = await start();
    const label = new LabelParameterVersionCommand({Name: '/app/name', Labels: ['x']});
    expect(await errorOf(client.send(label))).toBe('UnknownOperationException');
  });

  it('speaks AWS JSON 1.1 and names errors without a namespace', async () => {
    const {endpoint} = await start();
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: {'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter'},
      body: JSON.stringify({Name: '/app/name', WithDecryption: null}),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(await response.json()).toEqual({
      __type: 'ParameterNotFound',
      message: 'Parameter /app/name not found.',
    });
  });

  it.each([{Name: 1}, {Name: '/app/name', WithDecryption: 'yes'}])(
    'refuses a parameter of the wrong type: %j',
    async input => {
      const {endpoint} = await start();
      const headers = {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonSSM.GetParameter',
      };
      const body = JSON.stringify(input);
      const response = await fetch(endpoint.url, {method: 'POST', headers, body});
      expect(await response.json()).toMatchObject({__type: 'SerializationException'});
    },
  );
});

describe('in the same process', () => {
  it('parameters are put and read without a request', async () => {
    const {ssm} = await start();
    expect(ssm.get('/app/name')).toBeUndefined();
    ssm.put('/app/name', 'old');
    ssm.put('/app/name', 'new');
    ssm.put('/app/secret', 'hunter2', {type: 'SecureString'});
    ssm.put('/app/secret', 'hunter3');
    expect(ssm.get('/app/name')).toBe('new');
    expect(ssm.get('/app/secret')).toBe('hunter3');
    expect(ssm.parameter('/app/secret').versions.map(({type}) => type)).toEqual([
      'SecureString',
      'SecureString',
    ]);
    expect(() => ssm.put('/aws/name', 'v')).toThrow('reserved');
  });
});

describe('with a store', () => {
  it('parameters with their versions and tags survive a restart, and deleted ones stay deleted', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'relayq-ssm-'));
    cleanUps.push(() => rm(directory, {recursive: true, force: true}));
    const store = openStore(directory);
    const first = await start({store});
    await first.put('/app/secret', 'old', {Type: 'SecureString', Tags: [{Key: 'a', Value: 'b'}]});
    await first.update('/app/secret', 'new');
    await first.put('/app/gone', 'v');
    first.ssm.delete('/app/gone');
    const before = await first.get('/app/secret');
    store.close();

    const reopened = openStore(directory);
    cleanUps.push(() => reopened.close());
    const second = await start({store: reopened});
    expect(await second.get('/app/secret')).toEqual(before);
    expect((await second.get('/app/secret:1', true)).Value).toBe('old');
    expect(second.ssm.parameters).toMatchObject([{name: '/app/secret', tags: {a: 'b'}}]);
    expect((await second.update('/app/secret', 'newer')).Version).toBe(3);
  });
});

import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  GetParameterHistoryCommand,
  type GetParameterHistoryCommandInput,
  GetParametersCommand,
} from '@aws-sdk/client-ssm';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {errorOf, SsmUnderTest} from './ssm-under-test.ts';

let parameters: SsmUnderTest;
beforeEach(async () => {
  parameters = await SsmUnderTest.start();
});
afterEach(() => parameters.stop());

const getSeveral = (...Names: string[]) => parameters.client.send(new GetParametersCommand({Names}));

describe('reading one parameter', () => {
  it.each([
    ['/app/none', 'ParameterNotFound'],
    ['/app/name', 'no error'],
    ['/app/name:1', 'no error'],
    ['/app/name:2', 'ParameterVersionNotFound'],
    ['/app/name:label', 'ParameterVersionNotFound'],
    ['/app/none:1', 'ParameterNotFound'],
    ['/app/name:', 'ValidationException'],
    ['/app/name:1:1', 'ValidationException'],
    ['app/name', 'ValidationException'],
    ['/app/na me', 'ValidationException'],
    ['/ssm/name', 'ValidationException'],
    ['/aws/service/public', 'ParameterNotFound'],
    ['arn:aws:ssm:us-east-1:000000000000:parameter/app/name', 'no error'],
    ['arn:aws:ssm:us-east-1:000000000000:parameter/app/name:1', 'no error'],
    ['arn:aws:ssm:us-east-1:999999999999:parameter/app/name', 'ValidationException'],
  ])('as %s ends in: %s', async (name, error) => {
    await parameters.put('/app/name', 'value');
    expect(await errorOf(parameters.get(name))).toBe(error);
  });

  it('gives older versions, and the newest without a selector', async () => {
    await parameters.put('/app/name', 'old');
    await parameters.update('/app/name', 'new');
    expect(await parameters.get('/app/name:1')).toMatchObject({Value: 'old', Version: 1, Selector: ':1'});
    const newest = await parameters.get('/app/name');
    expect(newest).toMatchObject({Value: 'new', Version: 2});
    expect(newest).not.toHaveProperty('Selector');
  });

  it('distinguishes upper and lower case', async () => {
    await parameters.put('/app/Name', 'value');
    expect(await errorOf(parameters.get('/app/name'))).toBe('ParameterNotFound');
  });
});

describe('a SecureString', () => {
  const secret = 'hunter2 with ümlaut';
  beforeEach(() => parameters.put('/app/password', secret, {Type: 'SecureString'}));

  it('is given in clear to those who ask for decryption', async () => {
    expect(await parameters.get('/app/password', true)).toMatchObject({Type: 'SecureString', Value: secret});
    const {Parameters} = await parameters.byPath('/app', {WithDecryption: true});
    expect(Parameters).toMatchObject([{Value: secret}]);
  });

  it('is ciphertext to all others, wherever they read it', async () => {
    const {Value: ciphertext = ''} = await parameters.get('/app/password');
    expect(Buffer.from(ciphertext, 'base64').length).toBeGreaterThan(100);
    expect(Buffer.from(ciphertext, 'base64').toString('latin1')).not.toContain('hunter2');
    const history = new GetParameterHistoryCommand({Name: '/app/password'});
    for (const {Parameters} of [
      await parameters.byPath('/app'),
      await getSeveral('/app/password'),
      await parameters.client.send(history),
    ])
      expect(Parameters).toMatchObject([{Value: ciphertext}]);
  });

  it('has another ciphertext for the same value each time it is put', async () => {
    const {Value: before} = await parameters.get('/app/password');
    await parameters.update('/app/password', secret);
    expect((await parameters.get('/app/password')).Value).not.toBe(before);
  });

  it('has the key of the account, or a key of its own', async () => {
    await parameters.update('/app/password', secret, {KeyId: 'alias/mine'});
    await parameters.update('/app/password', secret);
    const {Parameters = []} = await parameters.client.send(
      new GetParameterHistoryCommand({Name: '/app/password'}),
    );
    expect(Parameters.map(({KeyId}) => KeyId)).toEqual(['alias/aws/ssm', 'alias/mine', 'alias/mine']);
  });
});

describe('reading several parameters', () => {
  it('gives those that exist by name, and names the others', async () => {
    await parameters.put('/app/b', '2');
    await parameters.put('/app/a', '1');
    const {Parameters = [], InvalidParameters} = await getSeveral('/app/b', '/app/x', '/app/a:1', '/app/a:9');
    expect(Parameters.map(({Name, Value}) => `${Name}=${Value}`)).toEqual(['/app/a=1', '/app/b=2']);
    expect(InvalidParameters).toEqual(['/app/x', '/app/a:9']);
  });

  it('takes one to ten names', async () => {
    const names = Array.from({length: 11}, (_, index) => `/app/p${index}`);
    expect(await errorOf(getSeveral(...names))).toBe('ValidationException');
    expect(await errorOf(getSeveral(...names.slice(1)))).toBe('no error');
    expect(await errorOf(getSeveral())).toBe('ValidationException');
  });
});

describe('deleting', () => {
  it('works once for a parameter', async () => {
    await parameters.put('/app/name', 'value');
    const remove = () => parameters.client.send(new DeleteParameterCommand({Name: '/app/name'}));
    expect(await errorOf(remove())).toBe('no error');
    expect(await errorOf(remove())).toBe('ParameterNotFound');
    expect(await errorOf(parameters.get('/app/name'))).toBe('ParameterNotFound');
  });

  it('of several parameters says which of them existed', async () => {
    await parameters.put('/app/a', '1');
    await parameters.put('/app/b', '2');
    const Names = ['/app/b', '/app/x', '/app/a'];
    const answer = await parameters.client.send(new DeleteParametersCommand({Names}));
    expect(answer).toMatchObject({DeletedParameters: ['/app/b', '/app/a'], InvalidParameters: ['/app/x']});
    expect(parameters.ssm.parameters).toEqual([]);
  });
});

describe('the history of a parameter', () => {
  const history = (extra: Partial<GetParameterHistoryCommandInput> = {}) =>
    parameters.client.send(new GetParameterHistoryCommand({Name: '/app/name', ...extra}));

  it('has its versions, oldest first, page by page', async () => {
    await parameters.put('/app/name', '1', {Description: 'first'});
    for (let version = 2; version <= 12; version += 1) await parameters.update('/app/name', `${version}`);
    const first = await history({MaxResults: 9});
    expect(first.Parameters?.[0]).toMatchObject({Value: '1', Version: 1, Description: 'first', Labels: []});
    const second = await history({MaxResults: 9, NextToken: first.NextToken});
    const versions = [...first.Parameters!, ...second.Parameters!].map(({Version}) => Version);
    expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(second.NextToken).toBeUndefined();
  });

  it('keeps the newest 100 versions', async () => {
    for (let version = 1; version <= 103; version += 1) parameters.ssm.put('/app/name', `${version}`);
    expect((await history()).Parameters?.[0]?.Version).toBe(4);
    expect(await errorOf(parameters.get('/app/name:3'))).toBe('ParameterVersionNotFound');
    expect((await parameters.get('/app/name')).Version).toBe(103);
  });

  it('is that of a parameter that exists', async () => {
    expect(await errorOf(history())).toBe('ParameterNotFound');
    expect(await errorOf(history({MaxResults: 51}))).toBe('ValidationException');
  });
});

import {DescribeParametersCommand, type PutParameterCommandInput} from '@aws-sdk/client-ssm';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {errorOf, SsmUnderTest} from './ssm-under-test.ts';

let nowMs = Date.UTC(2026, 0, 5, 9, 30);
let parameters: SsmUnderTest;
beforeEach(async () => {
  parameters = await SsmUnderTest.start({now: () => nowMs});
});
afterEach(() => parameters.stop());

const prefix = 'arn:aws:ssm:us-east-1:000000000000:parameter';
const levels = (count: number) => Array.from({length: count}, (_, index) => `/l${index}`).join('');

describe('a new parameter', () => {
  it('is version 1 of the Standard tier, and is read as it was put', async () => {
    expect(await parameters.put('/app/name', 'välue ')).toMatchObject({Version: 1, Tier: 'Standard'});
    expect(await parameters.get('/app/name')).toEqual({
      Name: '/app/name',
      Type: 'String',
      Value: 'välue ',
      Version: 1,
      LastModifiedDate: new Date(nowMs),
      ARN: `${prefix}/app/name`,
      DataType: 'text',
    });
  });

  it('needs a type', async () => {
    const untyped = parameters.update('/app/name', 'value');
    await expect(untyped).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'A parameter type is required when you create a parameter.',
      $metadata: {httpStatusCode: 400},
    });
  });

  it('has its name without the spaces around it', async () => {
    await parameters.put(' /app/name ', 'value');
    expect((await parameters.get('/app/name')).Name).toBe('/app/name');
    expect((await parameters.get('  /app/name')).Name).toBe('/app/name');
  });

  it.each([
    ['plain.Name-1_x', 'no error'],
    ['/plain', 'no error'],
    [levels(15), 'no error'],
    [levels(16), 'HierarchyLevelLimitExceededException'],
    [`/${'n'.repeat(1010 - prefix.length)}`, 'no error'],
    [`/${'n'.repeat(1011 - prefix.length)}`, 'ValidationException'],
    ['not/qualified', 'ValidationException'],
    ['/app/', 'ValidationException'],
    ['/app//name', 'ValidationException'],
    ['/', 'ValidationException'],
    ['with space', 'ValidationException'],
    ['/app/ümlaut', 'ValidationException'],
    ['/app/name:1', 'ValidationException'],
    ['/app/name\n', 'ValidationException'],
    ['ssmParameter', 'ValidationException'],
    ['/SSM/name', 'ValidationException'],
    ['awsParameter', 'AccessDeniedException'],
    ['/Aws/name', 'AccessDeniedException'],
    ['/app/aws', 'no error'],
    ['x'.repeat(2049), 'ValidationException'],
  ])('named %s ends in: %s', async (name, error) => {
    expect(await errorOf(parameters.put(name, 'value'))).toBe(error);
    expect(parameters.ssm.parameters).toHaveLength(error === 'no error' ? 1 : 0);
  });

  it.each<[string, string, Partial<PutParameterCommandInput>, string]>([
    ['nothing', '', {}, 'ValidationException'],
    ['4096 octets', 'x'.repeat(4096), {}, 'no error'],
    ['4097 octets', 'x'.repeat(4097), {}, 'ValidationException'],
    ['4097 octets, but fewer characters', 'ü'.repeat(2048).concat('x'), {}, 'ValidationException'],
    ['8192 octets, Advanced', 'x'.repeat(8192), {Tier: 'Advanced'}, 'no error'],
    ['8193 octets, Advanced', 'x'.repeat(8193), {Tier: 'Advanced'}, 'ValidationException'],
    ['8193 octets, by size', 'x'.repeat(8193), {Tier: 'Intelligent-Tiering'}, 'ValidationException'],
    ['a reference', 'a {{ssm:other}} b', {}, 'ValidationException'],
    ['nested JSON', '{"a":{"b":{}}}', {}, 'no error'],
    ['an unknown type', 'x', {Type: 'Number' as 'String'}, 'ValidationException'],
    ['an unknown tier', 'x', {Tier: 'Gold' as 'Standard'}, 'ValidationException'],
    ['data of the type text', 'x', {DataType: 'text'}, 'no error'],
    ['data of an unknown type', 'x', {DataType: 'Text'}, 'ValidationException'],
    ['data of a type that is not here', 'ami-12345678', {DataType: 'aws:ec2:image'}, 'ValidationException'],
    ['a policy', 'x', {Tier: 'Advanced', Policies: '[]'}, 'ValidationException'],
    ['a key without a secret', 'x', {KeyId: 'alias/mine'}, 'ValidationException'],
    ['a key that is none', 'x', {Type: 'SecureString', KeyId: 'a key'}, 'ValidationException'],
    ['too long a description', 'x', {Description: 'd'.repeat(1025)}, 'ValidationException'],
    ['tags and Overwrite', 'x', {Tags: [{Key: 'a', Value: 'b'}], Overwrite: true}, 'ValidationException'],
    ['a reserved tag', 'x', {Tags: [{Key: 'aws:a', Value: 'b'}]}, 'ValidationException'],
    ['what its pattern allows', '1234', {AllowedPattern: '\\d{1,4}'}, 'no error'],
    [
      'more than its pattern allows',
      '12345',
      {AllowedPattern: '\\d{1,4}'},
      'ParameterPatternMismatchException',
    ],
    ['a pattern that is none', 'x', {AllowedPattern: '('}, 'InvalidAllowedPatternException'],
    ['a pattern that is not one by itself', 'x', {AllowedPattern: 'x)|(y'}, 'InvalidAllowedPatternException'],
    ['a part of what its pattern allows', 'ab', {AllowedPattern: 'a|b'}, 'ParameterPatternMismatchException'],
    ['items that its pattern allows', '1,2', {Type: 'StringList', AllowedPattern: '\\d'}, 'no error'],
    [
      'an item that its pattern does not allow',
      '1,x',
      {Type: 'StringList', AllowedPattern: '\\d'},
      'ParameterPatternMismatchException',
    ],
  ])('with %s is taken or refused as by AWS', async (_, value, extra, error) => {
    expect(await errorOf(parameters.put('/app/name', value, extra))).toBe(error);
  });

  it('never has its value in an error', async () => {
    const tooLong = 'hunter2'.repeat(1000);
    const refused = parameters.put('/app/password', tooLong, {Type: 'SecureString'});
    await expect(refused).rejects.toThrow(/^(?!.*hunter2).*4096/s);
  });

  it('is refused after 10,000 of the Standard tier', async () => {
    for (let count = 0; count < 10_000; count += 1) parameters.ssm.put(`/many/p${count}`, 'x');
    expect(await errorOf(parameters.put('/app/name', 'value'))).toBe('ParameterLimitExceeded');
    expect(await errorOf(parameters.put('/app/name', 'value', {Tier: 'Advanced'}))).toBe('no error');
    expect(await errorOf(parameters.update('/many/p1', 'new'))).toBe('no error');
  });
});

describe('a parameter that exists', () => {
  it('is only overwritten when the request says so', async () => {
    await parameters.put('/app/name', 'old');
    expect(await errorOf(parameters.put('/app/name', 'new'))).toBe('ParameterAlreadyExists');
    expect((await parameters.get('/app/name')).Value).toBe('old');
  });

  it('gets a new version with every overwrite, even with the same value', async () => {
    await parameters.put('/app/name', 'value');
    expect((await parameters.update('/app/name', 'value')).Version).toBe(2);
    nowMs += 5000;
    expect((await parameters.update('/app/name', 'other')).Version).toBe(3);
    expect(await parameters.get('/app/name')).toMatchObject({Version: 3, LastModifiedDate: new Date(nowMs)});
  });

  it('of one level is the same with and without a slash', async () => {
    await parameters.put('single', 'old');
    expect(await errorOf(parameters.put('/single', 'new'))).toBe('ParameterAlreadyExists');
    expect(await parameters.get('/single')).toMatchObject({Name: 'single', ARN: `${prefix}/single`});
  });

  it('keeps its type', async () => {
    await parameters.put('/app/name', 'value');
    const changed = parameters.update('/app/name', 'value', {Type: 'SecureString'});
    expect(await errorOf(changed)).toBe('HierarchyTypeMismatchException');
    expect(await errorOf(parameters.update('/app/name', 'value', {Type: 'String'}))).toBe('no error');
  });

  it('keeps what an update does not name, and its pattern applies', async () => {
    await parameters.put('/app/name', '100', {AllowedPattern: '\\d{1,4}', Description: 'how many'});
    expect(await errorOf(parameters.update('/app/name', '10,000'))).toBe('ParameterPatternMismatchException');
    await parameters.update('/app/name', '200');
    const {Parameters} = await parameters.client.send(new DescribeParametersCommand({}));
    expect(Parameters).toMatchObject([{Version: 2, AllowedPattern: '\\d{1,4}', Description: 'how many'}]);
  });

  it('can move up to the Advanced tier, but not down again', async () => {
    await parameters.put('/app/name', 'small', {Tier: 'Intelligent-Tiering'});
    const large = await parameters.update('/app/name', 'x'.repeat(5000), {Tier: 'Intelligent-Tiering'});
    expect(large.Tier).toBe('Advanced');
    expect((await parameters.update('/app/name', 'small')).Tier).toBe('Advanced');
    const reverted = parameters.update('/app/name', 'small', {Tier: 'Standard'});
    expect(await errorOf(reverted)).toBe('ValidationException');
  });

  it('starts anew after it was deleted', async () => {
    await parameters.put('/app/name', 'value');
    await parameters.update('/app/name', 'value');
    parameters.ssm.delete('/app/name');
    expect((await parameters.put('/app/name', 'a,b', {Type: 'StringList'})).Version).toBe(1);
  });
});

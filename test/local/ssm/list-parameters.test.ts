import {
  DescribeParametersCommand,
  type DescribeParametersCommandInput,
  type ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {errorOf, SsmUnderTest} from './ssm-under-test.ts';

let parameters: SsmUnderTest;
beforeEach(async () => {
  parameters = await SsmUnderTest.start();
});
afterEach(() => parameters.stop());

const describeAll = (extra: Partial<DescribeParametersCommandInput> = {}) =>
  parameters.client.send(new DescribeParametersCommand(extra));

/** Reads them as a client does that follows the tokens. */
async function allPages(path: string, MaxResults?: number): Promise<string[][]> {
  const pages: string[][] = [];
  let NextToken: string | undefined;
  do {
    const page = await parameters.byPath(path, {Recursive: true, MaxResults, NextToken});
    pages.push(page.Parameters!.map(({Name}) => Name!));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return pages;
}

describe('the parameters below a path', () => {
  beforeEach(() => {
    for (const name of ['/a/x', '/a/b/y', '/a/b/c/z', '/ab/x', '/a', 'root']) parameters.ssm.put(name, 'v');
  });

  it.each([
    ['/a', false, ['/a/x']],
    ['/a/', false, ['/a/x']],
    ['/a', true, ['/a/b/c/z', '/a/b/y', '/a/x']],
    ['/a/b', true, ['/a/b/c/z', '/a/b/y']],
    ['/a/x', true, []],
    ['/none', true, []],
    ['/', false, ['/a', 'root']],
    ['/', true, ['/a', '/a/b/c/z', '/a/b/y', '/a/x', '/ab/x', 'root']],
  ])('%s (recursive: %s) are %j', async (path, Recursive, names) => {
    expect(await parameters.namesBelow(path, {Recursive})).toEqual(names);
  });

  it.each(['a', 'a/b', '', '//', '/a b', '/a/*', '/a//b'])('%j are refused', async path => {
    expect(await errorOf(parameters.byPath(path))).toBe('ValidationException');
  });

  it.each<[ParameterStringFilter, string]>([
    [{Key: 'Type', Values: ['SecureString']}, '/f/secret'],
    [{Key: 'Type', Option: 'BeginsWith', Values: ['String']}, '/f/list /f/text'],
    [{Key: 'Type', Values: ['String', 'SecureString']}, '/f/secret /f/text'],
    [{Key: 'KeyId', Option: 'BeginsWith', Values: ['alias/']}, '/f/secret'],
    [{Key: 'Label', Values: ['none']}, ''],
    [{Key: 'Name', Values: ['/f/text']}, 'InvalidFilterKey'],
    [{Key: 'Path', Values: ['/f']}, 'InvalidFilterKey'],
    [{Key: 'tag:a', Values: ['b']}, 'InvalidFilterKey'],
    [{Key: 'Colour', Values: ['red']}, 'ValidationException'],
    [{Key: 'Type', Option: 'Contains', Values: ['String']}, 'InvalidFilterOption'],
    [{Key: 'Label', Option: 'BeginsWith', Values: ['n']}, 'InvalidFilterOption'],
    [{Key: 'Type', Values: ['Number']}, 'InvalidFilterValue'],
    [{Key: 'Type'}, 'InvalidFilterValue'],
  ])('are filtered: %j', async (filter, outcome) => {
    await parameters.put('/f/text', 'v');
    await parameters.put('/f/list', 'v', {Type: 'StringList'});
    await parameters.put('/f/secret', 'v', {Type: 'SecureString'});
    const sending = parameters.namesBelow('/f', {ParameterFilters: [filter]});
    if (outcome.startsWith('I') || outcome.startsWith('V')) expect(await errorOf(sending)).toBe(outcome);
    else expect((await sending).join(' ')).toBe(outcome);
  });
});

describe('paging through a path', () => {
  const names = Array.from({length: 25}, (_, index) => `/p/n${String(index).padStart(2, '0')}`);
  beforeEach(() => {
    for (const name of names) parameters.ssm.put(name, 'v');
  });

  it('gives ten at a time, each parameter once', async () => {
    const pages = await allPages('/p');
    expect(pages.map(({length}) => length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(names);
  });

  it('gives no token when nothing is left', async () => {
    expect((await allPages('/p', 5)).map(({length}) => length)).toEqual([5, 5, 5, 5, 5]);
  });

  it('neither repeats nor leaves out a parameter when others are added and deleted', async () => {
    const {NextToken} = await parameters.byPath('/p', {MaxResults: 10});
    parameters.ssm.delete('/p/n00');
    parameters.ssm.delete('/p/n09');
    parameters.ssm.put('/p/a', 'v');
    expect((await parameters.namesBelow('/p', {MaxResults: 10, NextToken}))[0]).toBe('/p/n10');
  });

  it.each([0, -1, 11])('refuses MaxResults %i', async MaxResults => {
    expect(await errorOf(parameters.byPath('/p', {MaxResults}))).toBe('ValidationException');
  });

  it('refuses a token of another request', async () => {
    const {NextToken} = await parameters.byPath('/p', {MaxResults: 3});
    expect(NextToken).not.toContain('n02');
    expect(await errorOf(parameters.byPath('/p', {MaxResults: 7, NextToken}))).toBe('no error');
    expect(await errorOf(parameters.byPath('/', {NextToken}))).toBe('InvalidNextToken');
    expect(await errorOf(parameters.byPath('/p', {NextToken, Recursive: true}))).toBe('InvalidNextToken');
    expect(await errorOf(parameters.byPath('/p', {NextToken: 'x'}))).toBe('InvalidNextToken');
  });
});

describe('describing parameters', () => {
  it('gives everything but the value', async () => {
    await parameters.put('/app/secret', 'hunter2', {
      Type: 'SecureString',
      Description: 'a secret',
      AllowedPattern: '.+',
      Tier: 'Advanced',
    });
    const {Parameters} = await describeAll();
    expect(Parameters).toEqual([
      {
        Name: '/app/secret',
        ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/app/secret',
        Type: 'SecureString',
        KeyId: 'alias/aws/ssm',
        LastModifiedDate: expect.any(Date),
        LastModifiedUser: 'arn:aws:iam::000000000000:root',
        Description: 'a secret',
        AllowedPattern: '.+',
        Version: 1,
        Tier: 'Advanced',
        Policies: [],
        DataType: 'text',
      },
    ]);
  });

  it('comes page by page', async () => {
    for (let index = 0; index < 60; index += 1) parameters.ssm.put(`/p/n${index}`, 'v');
    const first = await describeAll({MaxResults: 50});
    const second = await describeAll({MaxResults: 50, NextToken: first.NextToken});
    expect([first.Parameters?.length, second.Parameters?.length]).toEqual([50, 10]);
    expect(second.NextToken).toBeUndefined();
    expect(await errorOf(describeAll({MaxResults: 51}))).toBe('ValidationException');
  });

  it.each<[ParameterStringFilter[], string]>([
    [[{Key: 'Name', Values: ['/a/x']}], '/a/x'],
    [[{Key: 'Name', Option: 'BeginsWith', Values: ['/a/b', '/c']}], '/a/b/y /c/x'],
    [[{Key: 'Name', Option: 'Contains', Values: ['x']}], '/a/x /c/x'],
    [[{Key: 'Path', Values: ['/a']}], '/a/x'],
    [[{Key: 'Path', Option: 'Recursive', Values: ['/a/']}], '/a/b/y /a/x'],
    [[{Key: 'Path', Option: 'Equals', Values: ['/a']}], 'InvalidFilterOption'],
    [[{Key: 'Path', Values: ['a']}], 'ValidationException'],
    [[{Key: 'Tier', Values: ['Advanced']}], '/c/x'],
    [[{Key: 'DataType', Values: ['text']}], '/a/b/y /a/x /c/x'],
    [[{Key: 'tag:team', Values: ['mail', 'web']}], '/c/x'],
    [[{Key: 'tag:team'}], '/c/x'],
    [[{Key: 'tag:team', Values: ['web']}], ''],
    [[{Key: 'Label', Values: ['x']}], 'InvalidFilterKey'],
    [
      [
        {Key: 'Name', Option: 'Contains', Values: ['x']},
        {Key: 'Type', Values: ['String']},
      ],
      '/a/x',
    ],
  ])('filtered by %j gives: %s', async (ParameterFilters, outcome) => {
    await parameters.put('/a/x', 'v');
    await parameters.put('/a/b/y', 'v');
    const Tags = [{Key: 'team', Value: 'mail'}];
    await parameters.put('/c/x', 'v', {Type: 'StringList', Tier: 'Advanced', Tags});
    const sending = describeAll({ParameterFilters});
    if (outcome.startsWith('I') || outcome.startsWith('V')) expect(await errorOf(sending)).toBe(outcome);
    else expect((await sending).Parameters?.map(({Name}) => Name).join(' ')).toBe(outcome);
  });

  it('gives nothing that other accounts share', async () => {
    await parameters.put('/a/x', 'v');
    expect((await describeAll({Shared: true})).Parameters).toEqual([]);
  });
});

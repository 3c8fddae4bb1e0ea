// Templates that the local cloud does not start with: what it cannot read, and what AWS would refuse.

import {describe, expect, it} from 'vitest';
import {deploymentProblemsOf} from '../../../local/lambda/deployability.ts';
import type {Resources} from '../../../local/template/resources.ts';
import {parse, properties} from './template-under-test.ts';

const query = (more: Record<string, unknown>) =>
  properties('AWS::Logs::QueryDefinition', {Name: 'mail', QueryString: 'filter id = 1', ...more});
const indexed = (FieldIndexPolicies: unknown) => properties('AWS::Logs::LogGroup', {FieldIndexPolicies});

describe('a template', () => {
  it.each([
    [
      'a reference to nothing',
      {Bad: properties('AWS::SQS::Queue', {VisibilityTimeout: {Ref: 'Nothing'}})},
      'Bad (AWS::SQS::Queue): Nothing is not in the template',
    ],
    [
      'an attribute that there is not',
      {Bad: properties('AWS::SQS::Queue', {KmsMasterKeyId: {'Fn::GetAtt': ['Work', 'Size']}})},
      'Bad (AWS::SQS::Queue): Work has no attribute Size',
    ],
    [
      'an unknown function',
      {Bad: properties('AWS::SQS::Queue', {QueueName: {'Fn::ImportValue': 'x'}})},
      'Fn::ImportValue is not known',
    ],
    [
      'a reference to what does not run',
      {
        Bucket: properties('AWS::S3::Bucket', {}),
        Bad: properties('AWS::SQS::Queue', {KmsMasterKeyId: {Ref: 'Bucket'}}),
      },
      'no AWS::S3::Bucket to refer to as Bucket',
    ],
    [
      'a table with a key that is no string',
      {
        Table: properties('AWS::DynamoDB::Table', {
          KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
          AttributeDefinitions: [{AttributeName: 'id', AttributeType: 'N'}],
        }),
      },
      'Table (AWS::DynamoDB::Table): the local cloud knows tables with a partition key, and a sort key or none, of type S',
    ],
    [
      'a table that defines more than its keys',
      {
        Table: properties('AWS::DynamoDB::Table', {
          KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
          AttributeDefinitions: ['id', 'at'].map(name => ({AttributeName: name, AttributeType: 'S'})),
        }),
      },
      'KeySchema and AttributeDefinitions do not have the same attributes',
    ],
    [
      'a saved query with a name that Logs Insights does not take',
      {Query: query({Name: 'mail/what: is it?'})},
      'Query (AWS::Logs::QueryDefinition): Name must have at most 255 characters, none of them : or *',
    ],
    ['a saved query in a folder without a name', {Query: query({Name: '/mail'})}, 'a name in each folder'],
    [
      'a saved query that asks nothing',
      {Query: query({QueryString: ''})},
      'Query (AWS::Logs::QueryDefinition): QueryString must be a string',
    ],
    ['a saved query that is too long', {Query: query({QueryString: 'x'.repeat(10_001)})}, 'at most 10000'],
    ['a saved query with an unknown property', {Query: query({Colour: 'red'})}, 'does not know Colour'],
    [
      'a saved query of no log group',
      {Query: query({LogGroupNames: ['a b']})},
      '"a b" is no name of a log group',
    ],
    [
      'two saved queries of one name',
      {Query: query({}), Other: query({})},
      'two saved queries are called mail',
    ],
    [
      'two policies of field indexes',
      {Log: indexed([{Fields: ['id']}, {Fields: ['domain']}])},
      'Log (AWS::Logs::LogGroup): FieldIndexPolicies must be a list of one policy at most',
    ],
    [
      'more field indexes than a log group may have',
      {Log: indexed([{Fields: Array.from({length: 21}, (_, index) => `field${index}`)}])},
      'a field index policy has 20 Fields at most',
    ],
    ['a field index of nothing', {Log: indexed([{Fields: ['']}])}, 'a name of 1 to 100 characters'],
    ['an unknown property', {Bad: properties('AWS::SQS::Queue', {Colour: 'red'})}, 'does not know Colour'],
    [
      'another runtime',
      {Tested: properties('AWS::Lambda::Function', {FunctionName: 'x', Runtime: 'python3.13'})},
      'Tested (AWS::Lambda::Function): the local cloud runs Node.js, not python3.13',
    ],
    [
      'code that is no asset',
      {
        Tested: properties('AWS::Lambda::Function', {
          Runtime: 'nodejs24.x',
          Handler: 'a.b',
          Code: {S3Key: 'gone.zip'},
        }),
      },
      'its code gone.zip is not among the assets',
    ],
    [
      'a managed policy that nobody knows',
      {Role: properties('AWS::IAM::Role', {ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess']})},
      'Role: the managed policy arn:aws:iam::aws:policy/PowerUserAccess is not known',
    ],
    [
      'a permissions boundary',
      {Role: properties('AWS::IAM::Role', {PermissionsBoundary: 'arn:aws:iam::aws:policy/X'})},
      'Role: the local cloud does not know permissions boundaries',
    ],
    [
      'a permission on what is not there',
      {
        Policy: properties('AWS::IAM::Policy', {
          Roles: [{Ref: 'Role'}],
          PolicyDocument: {
            Statement: [
              {Effect: 'Allow', Action: ['s3:*', 'sqs:*'], Resource: {'Fn::GetAtt': ['Gone', 'Arn']}},
            ],
          },
        }),
      },
      'Policy: Gone is not in the template',
    ],
    [
      'dead letters in a circle',
      {
        Dead: properties('AWS::SQS::Queue', {
          QueueName: 'tested-dead',
          RedrivePolicy: {deadLetterTargetArn: {'Fn::GetAtt': ['Work', 'Arn']}},
        }),
      },
      'its dead letters come back',
    ],
  ])('with %s is refused', (_, changes, problem) => {
    expect(() => parse(changes)).toThrow(problem);
  });
});

describe('resources that AWS would refuse', () => {
  const problemsAfter = (edit: (resources: Resources) => void) => {
    const resources = parse();
    edit(resources);
    return deploymentProblemsOf(resources);
  };
  const mapping = ({eventSourceMappings}: Resources, index = 0) => eventSourceMappings[index]!;

  it('are not in a sound template', () => {
    expect(deploymentProblemsOf(parse())).toEqual([]);
  });

  it.each<[string, (resources: Resources) => void, string]>([
    [
      'a visibility timeout below the function’s',
      ({functions}) => {
        functions[0]!.timeoutS = 7;
      },
      'FromWork: Queue visibility timeout: 6 seconds is less than Function timeout: 7 seconds',
    ],
    [
      'a FIFO batch of more than ten',
      resources => {
        mapping(resources, 1).batchSize = 11;
      },
      'FromOrdered: BatchSize 11: at most 10',
    ],
    [
      'a batching window on a FIFO queue',
      resources => {
        mapping(resources, 1).maximumBatchingWindowS = 1;
      },
      'FromOrdered: Batching window is not supported for FIFO queues',
    ],
    [
      'a large batch without a window',
      resources => {
        mapping(resources).batchSize = 100;
      },
      'FromWork: a BatchSize over 10 needs a batching window',
    ],
    [
      'too large a batch',
      resources => {
        Object.assign(mapping(resources), {batchSize: 10_001, maximumBatchingWindowS: 300});
      },
      'FromWork: BatchSize 10001: at most 10000',
    ],
    [
      'a window of more than five minutes',
      resources => {
        mapping(resources).maximumBatchingWindowS = 301;
      },
      'FromWork: MaximumBatchingWindowInSeconds: between 0 and 300',
    ],
    [
      'a maximum concurrency of one',
      resources => {
        mapping(resources).maximumConcurrency = 1;
      },
      'FromWork: MaximumConcurrency 1: between 2 and 1000',
    ],
    [
      'a variable of Lambda’s own',
      ({functions}) => {
        functions[0]!.environment.AWS_REGION = 'x';
      },
      'Tested: AWS_REGION: reserved by Lambda',
    ],
    [
      'too large an environment',
      ({functions}) => {
        functions[0]!.environment.BIG = 'x'.repeat(4096);
      },
      'octets of at most 4096',
    ],
    [
      'too little memory',
      ({functions}) => {
        functions[0]!.memoryMB = 64;
      },
      'Tested: MemorySize 64',
    ],
    [
      'a queue that is not there',
      resources => {
        mapping(resources).queueName = 'gone';
      },
      'FromWork: there is no queue gone',
    ],
  ])('are reported with their problem: %s', (_, edit, problem) => {
    expect(problemsAfter(edit).join('\n')).toContain(problem);
  });
});

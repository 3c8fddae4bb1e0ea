import {describe, expect, it} from 'vitest';
import {deploymentProblemsOf} from '../../../local/lambda/deployability.ts';
import type {Resources} from '../../../local/template/resources.ts';
import {parseTemplate} from '../../../local/template/template.ts';
import {assets, templateOf} from './template-under-test.ts';

const deployment = {
  stackName: 'tested',
  region: 'us-east-1',
  accountId: '000000000000',
  queueUrlOf: (name: string) => `http://127.0.0.1:9/000000000000/${name}`,
};
const parse = (changes: Record<string, unknown> = {}) =>
  parseTemplate(templateOf(changes), assets, deployment);
const properties = (type: string, more: Record<string, unknown>) => ({Type: type, Properties: more});

describe('a template', () => {
  it('gives the queues with their attributes, a dead-letter queue before those that use it', () => {
    expect(parse().queues).toEqual([
      {
        logicalId: 'Dead',
        name: 'tested-dead',
        attributes: {MessageRetentionPeriod: '1209600'},
        tags: {},
      },
      {
        logicalId: 'Work',
        name: 'tested-work',
        attributes: {
          VisibilityTimeout: '6',
          RedrivePolicy:
            '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:tested-dead","maxReceiveCount":3}',
        },
        tags: {stage: 'local'},
      },
      {
        logicalId: 'Ordered',
        name: 'tested-ordered.fifo',
        attributes: {
          FifoQueue: 'true',
          DeduplicationScope: 'messageGroup',
          FifoThroughputLimit: 'perMessageGroupId',
          VisibilityTimeout: '6',
        },
        tags: {},
      },
    ]);
  });

  it('gives the functions, their code and their environment with the references resolved', () => {
    expect(parse().functions).toEqual([
      {
        logicalId: 'Tested',
        name: 'tested-function',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:tested-function',
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        assetPath: 'asset.abc123',
        environment: {
          WORK_URL: 'http://127.0.0.1:9/000000000000/tested-work',
          WORK_NAME: 'tested-work',
        },
        timeoutS: 5,
        memoryMB: 256,
        roleLogicalId: 'Role',
        logging: {
          groupName: '/aws/lambda/tested-function',
          format: 'JSON',
          applicationLevel: 'INFO',
          systemLevel: 'WARN',
        },
        recursiveLoop: 'Allow',
      },
    ]);
  });

  it('gives the event source mappings by the names of queue and function', () => {
    const mapping = {
      functionName: 'tested-function',
      enabled: true,
      batchSize: 10,
      maximumBatchingWindowS: 0,
    };
    const functionResponseTypes = ['ReportBatchItemFailures'];
    expect(parse().eventSourceMappings).toEqual([
      {
        ...mapping,
        logicalId: 'FromWork',
        queueName: 'tested-work',
        maximumConcurrency: 4,
        functionResponseTypes,
      },
      {...mapping, logicalId: 'FromOrdered', queueName: 'tested-ordered.fifo', functionResponseTypes},
    ]);
  });

  it('gives the roles with all that their policies say about the services that run', () => {
    const inline = {
      Policies: [
        {PolicyName: 'X', PolicyDocument: {Statement: {Effect: 'Deny', Action: 'ssm:*', Resource: '*'}}},
      ],
    };
    const {Properties: role} = templateOf().Resources.Role;
    const [parsed, ...others] = parse({Role: properties('AWS::IAM::Role', {...role, ...inline})}).roles;
    expect(others).toEqual([]);
    expect(parsed).toEqual({
      logicalId: 'Role',
      name: 'tested-Role',
      policies: [
        {Statement: [{Effect: 'Deny', Action: 'ssm:*', Resource: '*'}]},
        {Statement: [expect.objectContaining({Action: expect.arrayContaining(['logs:PutLogEvents'])})]},
        {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sqs:*',
              Resource: [
                'arn:aws:sqs:us-east-1:000000000000:tested-work',
                'arn:aws:sqs:us-east-1:000000000000:tested-ordered.fifo',
                'arn:aws:sqs:us-east-1:000000000000:tested-dead',
              ],
            },
            {Effect: 'Allow', Action: 'ssm:*', Resource: '*'},
          ],
        },
      ],
    });
  });

  it('gives a role the managed policies of the template, from whichever side they are attached', () => {
    const statement = (action: string) => ({Effect: 'Allow', Action: action, Resource: '*'});
    const policy = (action: string, more: object = {}) =>
      properties('AWS::IAM::ManagedPolicy', {PolicyDocument: {Statement: [statement(action)]}, ...more});
    const [role] = parse({
      Named: policy('sqs:ListQueues'),
      Attached: policy('ssm:DescribeParameters', {Roles: [{Ref: 'Role'}]}),
      Foreign: policy('sqs:PurgeQueue', {Roles: ['another-role']}),
      Role: properties('AWS::IAM::Role', {ManagedPolicyArns: [{Ref: 'Named'}]}),
    }).roles;
    const actions = role?.policies.flatMap(({Statement}) => Statement.map(({Action}) => Action));
    expect(actions).toEqual(['sqs:ListQueues', 'sqs:*', 'ssm:*', 'ssm:DescribeParameters']);
  });

  it('gives a queue its policy', () => {
    const document = {Statement: [{Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*'}]};
    const policy = properties('AWS::SQS::QueuePolicy', {PolicyDocument: document, Queues: [{Ref: 'Work'}]});
    const policies = parse({Policy: policy}).queues.map(({name, attributes}) => [name, attributes.Policy]);
    expect(policies).toEqual([
      ['tested-dead', undefined],
      ['tested-work', JSON.stringify(document)],
      ['tested-ordered.fifo', undefined],
    ]);
  });

  it('says what of it does not run locally, and is silent on what need not', () => {
    expect(parse().notRun).toEqual([]);
    const bucket = properties('AWS::S3::Bucket', {});
    expect(parse({Bucket: bucket}).notRun).toEqual([{logicalId: 'Bucket', type: 'AWS::S3::Bucket'}]);
  });

  it('names a queue or a function that has no name after the stack', () => {
    const {queues} = parse({Unnamed: properties('AWS::SQS::Queue', {FifoQueue: true})});
    expect(queues.at(-1)?.name).toBe('tested-Unnamed.fifo');
  });

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
      'a table with a sort key',
      {
        Table: properties('AWS::DynamoDB::Table', {
          KeySchema: [
            {AttributeName: 'id', KeyType: 'HASH'},
            {AttributeName: 'at', KeyType: 'RANGE'},
          ],
        }),
      },
      'Table (AWS::DynamoDB::Table): the local cloud knows tables with a partition key alone',
    ],
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

  it('resolves joins, splits, selections and substitutions within each other', () => {
    const name = {
      'Fn::Join': [
        '-',
        [
          'q',
          {
            'Fn::Select': [
              1,
              {'Fn::Split': [':', {'Fn::Sub': [`a:\${X}\${!Y}`, {X: {Ref: 'AWS::Region'}}]}]},
            ],
          },
        ],
      ],
    };
    const {queues} = parse({Built: properties('AWS::SQS::Queue', {QueueName: name})});
    expect(queues.at(-1)?.name).toBe(`q-us-east-1\${Y}`);
  });
});

describe('resources that AWS would refuse', () => {
  const problemsAfter = (edit: (resources: Resources) => void) => {
    const resources = parse();
    edit(resources);
    return deploymentProblemsOf(resources);
  };
  const mapping = ({eventSourceMappings}: Resources, index = 0) => eventSourceMappings[index]!;

  it('are none in a sound template', () => {
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
      'FromOrdered: a FIFO queue has no batching window',
    ],
    [
      'a large batch without a window',
      resources => {
        mapping(resources).batchSize = 100;
      },
      'FromWork: a BatchSize over 10 needs a batching window',
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
  ])('are named with their problem: %s', (_, edit, problem) => {
    expect(problemsAfter(edit).join('\n')).toContain(problem);
  });
});

import {describe, expect, it} from 'vitest';
import {dynamoDb} from '../../../local/dynamodb/definition.ts';
import {parse, properties, templateOf} from './template-under-test.ts';

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

  it('gives the tables with their keys, by the ARN that their requests are authorised by', () => {
    const name = 'tested-receivers';
    const Table = properties('AWS::DynamoDB::Table', {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        {AttributeName: 'list', KeyType: 'HASH'},
        {AttributeName: 'receiver', KeyType: 'RANGE'},
      ],
      AttributeDefinitions: ['list', 'receiver'].map(each => ({AttributeName: each, AttributeType: 'S'})),
      TimeToLiveSpecification: {AttributeName: 'expiresAt', Enabled: true},
    });
    const arn = {'Fn::GetAtt': ['Table', 'Arn']};
    const policy = {Statement: {Effect: 'Allow', Action: 'dynamodb:Query', Resource: arn}};
    const Reading = properties('AWS::IAM::Policy', {
      PolicyDocument: policy,
      PolicyName: 'P',
      Roles: [{Ref: 'Role'}],
    });
    const {tables, roles} = parse({Table, Reading});
    expect(tables).toEqual([
      {logicalId: 'Table', name, key: 'list', sortKey: 'receiver', expiry: 'expiresAt'},
    ]);
    const account = {region: 'us-east-1', accountId: '000000000000'};
    for (const operation of ['Query', 'PutItem', 'DeleteItem', 'UpdateItem', 'GetItem']) {
      const [permission] = dynamoDb.permissionsFor!({operation, input: {TableName: name}}, account);
      expect(permission!.action).toBe(`dynamodb:${operation}`);
      expect(JSON.stringify(roles)).toContain(permission!.resource);
    }
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

  it('lists what does not run locally, without what does not have to run', () => {
    const query = {Name: 'a/b', QueryString: 'filter level = "error"', LogGroupNames: [{Ref: 'Log'}]};
    const saved = {Query: properties('AWS::Logs::QueryDefinition', query)};
    expect(parse(saved).notRun).toEqual([]);
    const bucket = properties('AWS::S3::Bucket', {});
    expect(parse({Bucket: bucket}).notRun).toEqual([{logicalId: 'Bucket', type: 'AWS::S3::Bucket'}]);
  });

  it('names a queue after the stack when it has no name', () => {
    const {queues} = parse({Unnamed: properties('AWS::SQS::Queue', {FifoQueue: true})});
    expect(queues.at(-1)?.name).toBe('tested-Unnamed.fifo');
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

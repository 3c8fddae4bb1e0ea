// A small stack as the CDK would synthesise it: a queue and its dead-letter queue, a FIFO queue, and a function with both
// queues as event sources.

import {parseTemplate} from '../../../local/template/template.ts';

export const functionName = 'tested-function';
export const assets = {
  version: '48.0.0',
  files: {
    abc123: {
      source: {path: 'asset.abc123', packaging: 'zip'},
      destinations: {'000-us-east-1': {bucketName: 'cdk-assets', objectKey: 'abc123.zip'}},
    },
    def456: {
      source: {path: 'Tested.template.json', packaging: 'file'},
      destinations: {'000-us-east-1': {bucketName: 'cdk-assets', objectKey: 'def456.json'}},
    },
  },
};

export const templateOf = (changes: Record<string, unknown> = {}) => ({
  Parameters: {
    BootstrapVersion: {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/cdk-bootstrap/hnb659fds/version',
    },
  },
  Resources: {
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'tested-work',
        VisibilityTimeout: 6,
        RedrivePolicy: {deadLetterTargetArn: {'Fn::GetAtt': ['Dead', 'Arn']}, maxReceiveCount: 3},
        Tags: [{Key: 'stage', Value: 'local'}],
      },
    },
    Dead: {Type: 'AWS::SQS::Queue', Properties: {QueueName: 'tested-dead', MessageRetentionPeriod: 1209600}},
    Ordered: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'tested-ordered.fifo',
        FifoQueue: true,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
        VisibilityTimeout: 6,
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        ManagedPolicyArns: [
          {
            'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`,
          },
        ],
      },
    },
    RolePolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sqs:*',
              Resource: ['Work', 'Ordered', 'Dead'].map(id => ({'Fn::GetAtt': [id, 'Arn']})),
            },
            {Effect: 'Allow', Action: 'ssm:*', Resource: '*'},
            // On a service that does not run here. What it refers to need not exist.
            {Effect: 'Allow', Action: 's3:GetObject', Resource: {'Fn::GetAtt': ['Bucket', 'Arn']}},
          ],
        },
        PolicyName: 'RolePolicy',
        Roles: [{Ref: 'Role'}],
      },
    },
    Log: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {LogGroupName: {'Fn::Sub': `/aws/lambda/${functionName}`}},
    },
    Tested: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: functionName,
        Code: {S3Bucket: {'Fn::Sub': `cdk-\${AWS::AccountId}-\${AWS::Region}`}, S3Key: 'abc123.zip'},
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Timeout: 5,
        MemorySize: 256,
        Role: {'Fn::GetAtt': ['Role', 'Arn']},
        RecursiveLoop: 'Allow',
        Environment: {Variables: {WORK_URL: {Ref: 'Work'}, WORK_NAME: {'Fn::GetAtt': ['Work', 'QueueName']}}},
        LoggingConfig: {LogGroup: {Ref: 'Log'}, LogFormat: 'JSON', SystemLogLevel: 'WARN'},
      },
    },
    FromWork: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: {'Fn::GetAtt': ['Work', 'Arn']},
        FunctionName: {Ref: 'Tested'},
        BatchSize: 10,
        ScalingConfig: {MaximumConcurrency: 4},
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    FromOrdered: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: {'Fn::GetAtt': ['Ordered', 'Arn']},
        FunctionName: {'Fn::GetAtt': ['Tested', 'Arn']},
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Metadata: {Type: 'AWS::CDK::Metadata', Properties: {}},
    Alarm: {Type: 'AWS::CloudWatch::Alarm', Properties: {Dimensions: [{'Fn::GetAtt': ['Unknown', 'X']}]}},
    ...changes,
  },
});

const deployment = {
  stackName: 'tested',
  region: 'us-east-1',
  accountId: '000000000000',
  queueUrlOf: (name: string) => `http://127.0.0.1:9/000000000000/${name}`,
};
/** Reads the template's resources. */
export const parse = (changes: Record<string, unknown> = {}) =>
  parseTemplate(templateOf(changes), assets, deployment);

export const properties = (type: string, more: Record<string, unknown>) => ({Type: type, Properties: more});

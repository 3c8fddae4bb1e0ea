// Requests to the endpoint with the credentials of the stack's functions, and with others.

import {DynamoDBClient, UpdateItemCommand} from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {accessKeyIdOf} from '../../../local/lambda/environment-variables.ts';
import type {Resources} from '../../../local/template/resources.ts';
import {names, Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {returnSoon} from '../../pipeline/return-soon.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {CloudsUnderTest} from '../cloud-under-test.ts';

const arnOf = (queueName: string) => `arn:aws:sqs:us-east-1:000000000000:${queueName}`;
const statementsOf = ({roles}: Resources) =>
  roles.flatMap(({policies}) => policies.map(({Statement}) => Statement));
/** Takes a permission from every role. */
const without = (action: string) => (resources: Resources) => {
  for (const statements of statementsOf(resources)) {
    const kept = statements.filter(({Action}) => ![Action].flat().includes(action));
    statements.splice(0, statements.length, ...kept);
  }
};

describe('a function', () => {
  let pipeline: Pipeline;
  let sqs: SQSClient;
  let ssm: SSMClient;
  let dynamoDb: DynamoDBClient;
  let user: string;
  const urlOf = (queueName: string) => pipeline.cloud.queueUrlOf(queueName);

  beforeAll(async () => {
    pipeline = await Pipeline.start({});
    const {resources, url} = pipeline.cloud;
    const deliver = resources.functions.find(({name}) => name === 'relayq-local-deliver')!;
    const role = resources.roles.find(({logicalId}) => logicalId === deliver.roleLogicalId)!;
    user = `User: arn:aws:sts::000000000000:assumed-role/${role.name}/relayq-local-deliver`;
    const options = {...sdkOptions(url, accessKeyIdOf(deliver)), maxAttempts: 1};
    sqs = new SQSClient(options);
    ssm = new SSMClient(options);
    dynamoDb = new DynamoDBClient(options);
  });
  afterAll(async () => {
    for (const client of [sqs, ssm, dynamoDb]) client.destroy();
    await pipeline.stop();
  });

  it('updates items of the state table, and of no other', async () => {
    const update = (TableName: string) =>
      dynamoDb.send(new UpdateItemCommand({TableName, Key: {id: {S: 'a'}}}));
    await update(names.state);
    await expect(update('relayq-other-state')).rejects.toThrow(
      'dynamodb:UpdateItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/relayq-other-state',
    );
  });

  const deniedBySqs = (action: string, queueName: string) => ({
    name: 'AccessDenied',
    $metadata: {httpStatusCode: 403},
    message: `${user} is not authorized to perform: sqs:${action} on resource: ${arnOf(queueName)} because no identity-based policy allows the sqs:${action} action`,
  });

  it('may do with its own queues what its role allows', async () => {
    await sqs.send(new SendMessageCommand({QueueUrl: urlOf(names.results.success), MessageBody: 'x'}));
    const {QueueUrl} = await sqs.send(new GetQueueUrlCommand({QueueName: names.results.results}));
    expect(QueueUrl).toBe(urlOf(names.results.results));
    // Only who may ask learns that there is no such queue.
    const missing = sqs.send(new GetQueueUrlCommand({QueueName: `${names.results.results}-mine`}));
    await expect(missing).rejects.toMatchObject({name: 'QueueDoesNotExist'});
    const forbidden = sqs.send(new GetQueueUrlCommand({QueueName: 'somebody-elses'}));
    await expect(forbidden).rejects.toMatchObject(deniedBySqs('getqueueurl', 'somebody-elses'));
  });

  it('may not do with the queue of another function what only the other’s role allows', async () => {
    const QueueUrl = urlOf(names.outbox);
    const receive = sqs.send(new ReceiveMessageCommand({QueueUrl}));
    await expect(receive).rejects.toMatchObject(deniedBySqs('receivemessage', names.outbox));
    const send = new SendMessageCommand({QueueUrl: urlOf(names.outboxDlq), MessageBody: 'x'});
    await expect(sqs.send(send)).rejects.toMatchObject(deniedBySqs('sendmessage', names.outboxDlq));
    expect(pipeline.cloud.sqs.queue(names.outboxDlq).counts.visible).toBe(0);
  });

  it('needs the permission for a single entry to send a batch', async () => {
    const entries = [{Id: '1', MessageBody: 'x'}];
    const batch = (queueName: string) =>
      new SendMessageBatchCommand({QueueUrl: urlOf(queueName), Entries: entries});
    await expect(sqs.send(batch(names.results.retry))).resolves.toMatchObject({Successful: [{Id: '1'}]});
    await expect(sqs.send(batch(names.outbox))).rejects.toMatchObject(
      deniedBySqs('sendmessage', names.outbox),
    );
    const Entries = [{Id: '1', ReceiptHandle: 'x'}];
    const remove = new DeleteMessageBatchCommand({QueueUrl: urlOf(names.outbox), Entries});
    await expect(sqs.send(remove)).rejects.toMatchObject(deniedBySqs('deletemessage', names.outbox));
  });

  it('reads the settings of its stage, and no others', async () => {
    const byPath = (Path: string) => ssm.send(new GetParametersByPathCommand({Path, Recursive: true}));
    await expect(byPath('/relayq/local')).resolves.toBeDefined();
    await expect(byPath('/relayq/local/capacity')).resolves.toBeDefined();
    const denied = (action: string, path: string) => ({
      name: 'AccessDeniedException',
      $metadata: {httpStatusCode: 400},
      message: `${user} is not authorized to perform: ssm:${action} on resource: arn:aws:ssm:us-east-1:000000000000:parameter${path} because no identity-based policy allows the ssm:${action} action`,
    });
    await expect(byPath('/relayq')).rejects.toMatchObject(denied('GetParametersByPath', '/relayq'));
    await expect(byPath('/relayq/locale/')).rejects.toMatchObject(
      denied('GetParametersByPath', '/relayq/locale/'),
    );
    const Name = '/relayq/local/helo-name';
    await expect(ssm.send(new GetParameterCommand({Name}))).rejects.toMatchObject(
      denied('GetParameter', Name),
    );
    const put = ssm.send(new PutParameterCommand({Name, Value: 'x', Type: 'String'}));
    await expect(put).rejects.toMatchObject(denied('PutParameter', Name));
  });

  it('is refused in the older protocol in the same words', async () => {
    const answer = await fetch(urlOf(names.outbox), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `AWS4-HMAC-SHA256 Credential=${(await sqs.config.credentials()).accessKeyId}/20260101/us-east-1/sqs/aws4_request`,
      },
      body: 'Action=ReceiveMessage&Version=2012-11-05',
    });
    expect(answer.status).toBe(403);
    const {message} = deniedBySqs('receivemessage', names.outbox);
    expect(await answer.text()).toContain(`<Code>AccessDenied</Code><Message>${message}</Message>`);
  });

  it('is refused as soon as a queue’s policy denies it, and allowed again without that policy', async () => {
    const QueueUrl = urlOf(names.results.failure);
    const send = () => sqs.send(new SendMessageCommand({QueueUrl, MessageBody: 'x'}));
    await send();
    const before = pipeline.cloud.sqs.queue(names.results.failure).definition.attributes.Policy!;
    expect(JSON.parse(before).Statement).toMatchObject([{Effect: 'Deny', Condition: {Bool: {}}}]);
    const setPolicy = (Policy: string) =>
      pipeline.sqs.send(new SetQueueAttributesCommand({QueueUrl, Attributes: {Policy}}));
    const Statement = {Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: '*'};
    await setPolicy(JSON.stringify({Statement}));
    await expect(send()).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(
        /relayq-local-failure with an explicit deny in a resource-based policy$/,
      ),
    });
    await setPolicy(before);
    await send();
  });

  it('is restricted; other credentials are those of the administrator', async () => {
    await pipeline.sqs.send(new PurgeQueueCommand({QueueUrl: urlOf(names.results.retry)}));
    await pipeline.sqs.send(
      new ReceiveMessageCommand({QueueUrl: urlOf(names.outboxDlq), WaitTimeSeconds: 0}),
    );
    await pipeline.ssm.send(new PutParameterCommand({Name: '/elsewhere', Value: 'x', Type: 'SecureString'}));
    const read = await pipeline.ssm.send(new GetParameterCommand({Name: '/elsewhere', WithDecryption: true}));
    expect(read.Parameter?.Value).toBe('x');
  });
});

describe('a stack that lacks a permission', () => {
  const clouds = new CloudsUnderTest();
  const pipelines: Pipeline[] = [];
  afterEach(async () => {
    await clouds.stop();
    await Promise.all(pipelines.splice(0).map(pipeline => pipeline.stop()));
  });
  const started = async (...[settings, options]: Parameters<typeof Pipeline.start>) => {
    const pipeline = await Pipeline.start(settings, options);
    pipelines.push(pipeline);
    return pipeline;
  };
  const invalid = '{"recipient": "nobody"}';
  const errorsOf = ({logLines}: Pipeline) =>
    logLines.filter(line => line.includes('"level":"error"')).join('\n');

  it('loses no message: what route may not send becomes a dead letter, and the log says why', async () => {
    const pipeline = await started(
      {},
      {
        overrides: resources => {
          for (const statements of statementsOf(resources)) {
            for (const statement of statements) {
              if (statement.Action !== 'sqs:SendMessage' || !Array.isArray(statement.Resource)) continue;
              statement.Resource = statement.Resource.filter(arn => arn !== arnOf(names.delivery));
            }
          }
          const outbox = resources.queues.find(({name}) => name === names.outbox)!;
          outbox.attributes.RedrivePolicy = JSON.stringify({
            deadLetterTargetArn: arnOf(names.outboxDlq),
            maxReceiveCount: 1,
          });
        },
      },
    );
    returnSoon(pipeline.cloud);
    await pipeline.send({recipient: 'to@example.org', mime: 'Subject: x\r\n\r\nx'});
    await pipeline.until(() => pipeline.cloud.sqs.queue(names.outboxDlq).counts.visible === 1);
    expect(errorsOf(pipeline)).toMatch(
      /AccessDenied: User: arn:aws:sts::000000000000:assumed-role\/relayq-local-RouteRole\w+\/relayq-local-route is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:relayq-local-delivery\.fifo because no identity-based policy allows the sqs:sendmessage action/,
    );
  });

  it('delivers nothing without its settings', async () => {
    const pipeline = await started({}, {overrides: without('ssm:GetParametersByPath')});
    await pipeline.send(invalid);
    await pipeline.until(() => errorsOf(pipeline).includes('no usable settings yet'));
    expect(errorsOf(pipeline)).toMatch(
      /SSM cannot be read: AccessDeniedException: User: \S+\/relayq-local-route is not authorized to perform: ssm:GetParametersByPath on resource: \S+:parameter\/relayq\/local\/ because/,
    );
  });

  describe('to decrypt', () => {
    const Name = `${names.parameterPath}smarthost-password`;
    const settings = {smarthost: '127.0.0.1', 'smarthost-username': 'user'};
    const password = (KeyId?: string) =>
      new PutParameterCommand({Name, Value: 'secret', Type: 'SecureString', ...(KeyId && {KeyId})});

    it('reads secrets under a key of the account only with that permission', async () => {
      const pipeline = await started(settings, {overrides: without('kms:Decrypt')});
      const key = 'arn:aws:kms:us-east-1:000000000000:key/0f0e0d0c-0000-4000-8000-000000000000';
      await pipeline.ssm.send(password(key));
      await pipeline.send(invalid);
      await pipeline.until(() => errorsOf(pipeline).includes('no usable settings yet'));
      expect(errorsOf(pipeline)).toMatch(
        /AccessDeniedException: User: \S+ is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:000000000000:key\/0f0e0d0c-0000-4000-8000-000000000000 because no identity-based policy allows the kms:Decrypt action \(Service: Kms, Status Code: 400, Request ID: [0-9a-f-]{36}\)/,
      );
    });

    it('reads them under Parameter Store’s own key without it', async () => {
      const pipeline = await started(settings, {overrides: without('kms:Decrypt')});
      await pipeline.ssm.send(password());
      await pipeline.send(invalid);
      expect((await pipeline.result()).fate).toBe('invalid');
      expect(errorsOf(pipeline)).not.toContain('AccessDenied');
    });

    it('reads them under any key with it', async () => {
      const pipeline = await started(settings);
      await pipeline.ssm.send(password('alias/mine'));
      await pipeline.send(invalid);
      expect((await pipeline.result()).fate).toBe('invalid');
      expect(errorsOf(pipeline)).not.toContain('AccessDenied');
    });
  });

  it('is not deployed when Lambda could not poll the queue', async () => {
    const overrides = without('sqs:*');
    await expect(clouds.start('', {overrides})).rejects.toThrow(
      'AWS would not deploy this:\nFromWork: The function execution role does not have permissions to call ReceiveMessage on SQS\n',
    );
    const refusing = ({roles}: Resources) => {
      roles[0]!.policies.push({
        Statement: [{Effect: 'Deny', Action: 'sqs:DeleteMessage', Resource: arnOf('tested-ordered.fifo')}],
      });
    };
    await expect(clouds.start('', {overrides: refusing})).rejects.toThrow(
      /^AWS would not deploy this:\nFromOrdered: The function execution role does not have permissions to call DeleteMessage on SQS$/,
    );
  });

  it('does not start when a policy says something that is not known here', async () => {
    const overrides = ({roles}: Resources) => {
      const Condition = {IpAddress: {'aws:SourceIp': '192.0.2.0/24'}};
      roles[0]!.policies.push({Statement: [{Effect: 'Deny', Action: '*', Resource: '*', Condition}]});
    };
    await expect(clouds.start('', {overrides})).rejects.toThrow(
      'the policies of Role: statement 1: the condition key aws:SourceIp is not known to the local cloud',
    );
    const onQueue = ({queues}: Resources) => {
      queues[0]!.attributes.Policy = JSON.stringify({Statement: [{Effect: 'Deny', NotPrincipal: '*'}]});
    };
    await expect(clouds.start('', {overrides: onQueue})).rejects.toThrow(
      'the policies of Dead: statement 1: NotPrincipal is not known to the local cloud',
    );
  });
});

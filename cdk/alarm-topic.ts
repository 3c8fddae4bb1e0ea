// The topic that alarms are mailed through. CloudWatch has to be let in twice, to the topic and to its key. The AWS
// managed key alias/aws/sns cannot let it in, and alarms would fail silently (AWS re:Post, "How do I configure a
// CloudWatch alarm with an encrypted SNS topic?").

import {RemovalPolicy, Stack} from 'aws-cdk-lib';
import {PolicyStatement, ServicePrincipal} from 'aws-cdk-lib/aws-iam';
import {Key} from 'aws-cdk-lib/aws-kms';
import {type ITopic, Topic} from 'aws-cdk-lib/aws-sns';
import {EmailSubscription} from 'aws-cdk-lib/aws-sns-subscriptions';
import {Construct} from 'constructs';
import {arnFor} from './permissions.ts';

export class AlarmTopic extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, email: string) {
    super(scope, id);
    const key = new Key(this, 'Key', {
      description: 'relayq: alarms on their way to the subscriber',
      enableKeyRotation: true,
      // It guards nothing that is kept. If it stayed, it would cost a dollar a month for ever.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const topic = new Topic(this, 'Topic', {enforceSSL: true, masterKey: key});
    topic.addSubscription(new EmailSubscription(email));
    const alarms = {
      StringEquals: {'aws:SourceAccount': Stack.of(this).account},
      ArnLike: {'aws:SourceArn': arnFor(this, 'cloudwatch', 'alarm:*')},
    };
    const principals = [new ServicePrincipal('cloudwatch.amazonaws.com')];
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals,
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: alarms,
      }),
    );
    key.addToResourcePolicy(
      new PolicyStatement({
        principals,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        // In a key policy it means this key.
        resources: ['*'],
        conditions: alarms,
      }),
    );
    this.topic = topic;
  }
}

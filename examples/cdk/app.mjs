// An app that sends mail: a shop whose function puts messages on relayq's outbox, in one stack with relayq.
//
//   npm install ./relayq-0.1.0.tgz aws-cdk-lib constructs aws-cdk cdk-nag
//   npx cdk deploy --app 'node app.mjs'

import {App, Duration, Stack, Validations} from 'aws-cdk-lib';
import {GatewayVpcEndpointAwsService, SubnetType, Vpc} from 'aws-cdk-lib/aws-ec2';
import {Role, ServicePrincipal} from 'aws-cdk-lib/aws-iam';
import {Key} from 'aws-cdk-lib/aws-kms';
import {Code, Function as LambdaFunction, Runtime} from 'aws-cdk-lib/aws-lambda';
import {Topic} from 'aws-cdk-lib/aws-sns';
import {AwsSolutionsChecks} from 'cdk-nag';
import {Relayq} from 'relayq/cdk';

class ShopStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const key = new Key(this, 'Key', {
      enableKeyRotation: true,
      description: 'What the shop and its mail keep',
    });
    const vpc = new Vpc(this, 'Vpc', {
      natGateways: 1,
      subnetConfiguration: [
        {name: 'Public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false},
        {name: 'Private', subnetType: SubnetType.PRIVATE_WITH_EGRESS},
      ],
      gatewayEndpoints: {DynamoDb: {service: GatewayVpcEndpointAwsService.DYNAMODB}},
      restrictDefaultSecurityGroup: true,
    });
    vpc.addFlowLog('FlowLog');

    const mail = new Relayq(this, 'Mail', {
      stage: 'shop',
      network: {vpc},
      queueKey: key,
      logKey: key,
      parameterKey: key,
      alarmTopic: new Topic(this, 'Alarms', {enforceSSL: true}),
      reserveConcurrency: true,
      tags: {team: 'shop'},
    });

    const orders = new LambdaFunction(this, 'Orders', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      role: new Role(this, 'OrdersRole', {assumedBy: new ServicePrincipal('lambda.amazonaws.com')}),
      timeout: Duration.seconds(10),
      environment: {OUTBOX_URL: mail.queues.outbox.queueUrl},
      code: Code.fromInline(`
        const {SQSClient, SendMessageCommand} = require('@aws-sdk/client-sqs');
        const sqs = new SQSClient();
        exports.handler = ({to}) => sqs.send(new SendMessageCommand({
          QueueUrl: process.env.OUTBOX_URL,
          MessageBody: JSON.stringify({
            envelope: 'orders@shop.example',
            recipient: to,
            mime: {from: 'orders@shop.example', to, subject: 'Thank you', text: 'We have your order.'},
          }),
        }));
      `),
    });
    mail.grantSend(orders);
  }
}

const app = new App({context: {'@aws-cdk/core:validateAgainstDefaultRules': true}});
new ShopStack(app, 'shop');
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

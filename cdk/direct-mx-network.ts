// The network for direct delivery: port 25 is closed to functions outside a VPC. There is one NAT gateway, so that all
// mail comes from one Elastic IP, as receivers go by its reputation and its reverse DNS. Mail waits while its zone is
// down.

import {RemovalPolicy} from 'aws-cdk-lib';
import {
  CfnEIP,
  FlowLog,
  FlowLogDestination,
  FlowLogResourceType,
  GatewayVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  NatProvider,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import {LogGroup, RetentionDays} from 'aws-cdk-lib/aws-logs';
import {Construct} from 'constructs';

export class DirectMxNetwork extends Construct {
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
  readonly address: CfnEIP;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.address = new CfnEIP(this, 'Address', {domain: 'vpc'});
    // Its reputation took weeks, and AWS opened port 25 and set reverse DNS for it: it outlives the network.
    this.address.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      natGatewayProvider: NatProvider.gateway({eipAllocationIds: [this.address.attrAllocationId]}),
      subnetConfiguration: [
        {name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false},
        {name: 'Functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24},
      ],
      // It costs nothing, and the NAT is paid for by the octet.
      gatewayEndpoints: {DynamoDb: {service: GatewayVpcEndpointAwsService.DYNAMODB}},
      // The library's own classes do not fit its interfaces under exactOptionalPropertyTypes.
    }) as IVpc;
    const logGroup = new LogGroup(this, 'FlowLogs', {
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new FlowLog(this, 'FlowLog', {
      resourceType: FlowLogResourceType.fromVpc(this.vpc),
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
    });
    this.securityGroup = new SecurityGroup(this, 'Egress', {
      vpc: this.vpc,
      description: 'SMTP and the AWS APIs, outwards only',
      allowAllOutbound: false,
    }) as ISecurityGroup;
    // SQS and SSM are reached through the NAT as well. Interface endpoints for both in two zones cost about 29 USD a
    // month, as much as the NAT takes for 650 GB. DNS is the VPC's resolver, which security groups do not filter.
    const ports = {
      SMTP: 25,
      'SMTP submission over TLS': 465,
      'SMTP submission': 587,
      'alternative SMTP': 2525,
    };
    for (const [what, port] of Object.entries({...ports, 'AWS APIs': 443})) {
      this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(port), what);
    }
  }
}

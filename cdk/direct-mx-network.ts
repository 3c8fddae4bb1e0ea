// The network for direct delivery: port 25 is closed to functions outside a VPC. There is one NAT gateway, so that all
// mail comes from one Elastic IP, as receivers go by its reputation and its reverse DNS. Mail waits while its zone is
// down.

import {RemovalPolicy} from 'aws-cdk-lib';
import {
  CfnEIP,
  type CfnNatGateway,
  FlowLog,
  FlowLogDestination,
  FlowLogResourceType,
  GatewayVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  NatProvider,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type {IKey} from 'aws-cdk-lib/aws-kms';
import {LogGroup, RetentionDays} from 'aws-cdk-lib/aws-logs';
import {Construct} from 'constructs';
import {egressGroup} from './egress.ts';
import type {FunctionNetwork} from './function-network.ts';
import {type Options, removalPolicyOf} from './options.ts';

export type DirectMxProps = Pick<Options, 'zones' | 'eipAllocationId' | 'retain'> & {
  readonly logKey: IKey | undefined;
};

export class DirectMxNetwork extends Construct implements FunctionNetwork {
  readonly vpc: IVpc;
  readonly securityGroups: readonly ISecurityGroup[];
  /** Undefined where the Elastic IP was there before. */
  readonly address: CfnEIP | undefined;

  constructor(scope: Construct, id: string, {zones, eipAllocationId, retain, logKey}: DirectMxProps) {
    super(scope, id);
    if (eipAllocationId === undefined) {
      this.address = new CfnEIP(this, 'Address', {domain: 'vpc'});
      // Its reputation took weeks, and AWS opened port 25 and set reverse DNS for it: it outlives the network.
      this.address.applyRemovalPolicy(removalPolicyOf({retain}));
    }
    const allocationId = eipAllocationId ?? this.address!.attrAllocationId;
    this.vpc = new Vpc(this, 'Vpc', {
      ...(zones.length > 0 ? {availabilityZones: [...zones]} : {maxAzs: 2}),
      natGateways: 1,
      restrictDefaultSecurityGroup: true,
      natGatewayProvider: NatProvider.gateway({eipAllocationIds: [allocationId]}),
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
      ...(logKey && {encryptionKey: logKey}),
    });
    new FlowLog(this, 'FlowLog', {
      resourceType: FlowLogResourceType.fromVpc(this.vpc),
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
    });
    this.securityGroups = [egressGroup(this, this.vpc)];
  }

  /** The NAT gateway, whose ports run out when many connections go to one server. */
  get natGatewayIds(): readonly string[] {
    return this.vpc.publicSubnets.flatMap(({node}) => {
      const gateway = node.tryFindChild('NATGateway');
      return gateway === undefined ? [] : [(gateway as CfnNatGateway).attrNatGatewayId];
    });
  }
}

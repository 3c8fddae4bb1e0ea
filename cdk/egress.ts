// What the deliver function may connect to from a VPC.

import {type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup} from 'aws-cdk-lib/aws-ec2';
import type {Construct} from 'constructs';

/**
 * SQS and SSM are reached through the NAT as well. Interface endpoints for both in two zones cost about 29 USD a month,
 * as much as the NAT takes for 650 GB. The VPC's own resolver is not filtered by security groups; name servers of the
 * setting mx-name-servers are.
 */
const ways = [
  [Port.tcp(25), 'SMTP'],
  [Port.tcp(465), 'SMTP submission over TLS'],
  [Port.tcp(587), 'SMTP submission'],
  [Port.tcp(2525), 'alternative SMTP'],
  [Port.tcp(443), 'AWS APIs'],
  [Port.udp(53), 'DNS'],
  [Port.tcp(53), 'DNS, long answers'],
] as const;

export function egressGroup(scope: Construct, vpc: IVpc): ISecurityGroup {
  const group = new SecurityGroup(scope, 'Egress', {
    vpc,
    description: 'SMTP and the AWS APIs, outwards only',
    allowAllOutbound: false,
  });
  for (const [port, what] of ways) group.addEgressRule(Peer.anyIpv4(), port, what);
  // The library's own classes do not fit its interfaces under exactOptionalPropertyTypes.
  return group as ISecurityGroup;
}

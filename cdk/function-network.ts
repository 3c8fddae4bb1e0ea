// Where a function stands that is in a VPC: relayq's own for direct delivery, or one of the user's.

import type {CfnEIP, ISecurityGroup, IVpc, SubnetSelection} from 'aws-cdk-lib/aws-ec2';
import type {Construct} from 'constructs';
import {egressGroup} from './egress.ts';

export interface FunctionNetwork {
  readonly vpc: IVpc;
  /** By default the private subnets with a way out, or the only ones that there are. */
  readonly subnets?: SubnetSelection;
  readonly securityGroups: readonly ISecurityGroup[];
  /** Where all mail comes from, if the stage has made an address. */
  readonly address?: CfnEIP | undefined;
  /** Those of the stage's own. */
  readonly natGatewayIds?: readonly string[];
}

/** A VPC that is there already. Its subnets need a way to the AWS APIs, to DynamoDB, and to servers of mail. */
export interface OwnNetwork extends Pick<FunctionNetwork, 'vpc' | 'subnets'> {
  /** By default one that lets out mail, DNS and calls of AWS. */
  readonly securityGroups?: readonly ISecurityGroup[];
}

export const ownNetwork = (scope: Construct, {securityGroups, ...own}: OwnNetwork): FunctionNetwork => ({
  ...own,
  securityGroups: securityGroups ?? [egressGroup(scope, own.vpc)],
});

import {describe, expect, test} from 'vitest';
import {stackWith} from './stack-under-test.ts';

const direct = stackWith({directMx: 'true'});

test('without directMx there is no network, and nothing to pay for it', () => {
  const types = Object.values(stackWith().template.toJSON().Resources as Record<string, {Type: string}>);
  expect(types.filter(({Type}) => Type.startsWith('AWS::EC2::'))).toEqual([]);
});

describe('with directMx', () => {
  test('mail leaves from one address, which outlives the network', () => {
    const [address, ...others] = direct.all('AWS::EC2::EIP');
    expect(others).toEqual([]);
    expect(address).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    const [id] = Object.keys(direct.template.findResources('AWS::EC2::EIP'));
    const gateways = direct.all('AWS::EC2::NatGateway').map(({Properties}) => Properties.AllocationId);
    expect(gateways).toEqual([{'Fn::GetAtt': [id, 'AllocationId']}]);
    direct.template.hasOutput('ElasticIp', {Value: {'Fn::GetAtt': [id, 'PublicIp']}});
  });

  test('deliver runs in the private subnets, and route needs no network', () => {
    const {VpcConfig} = direct.fn('relayq-dev-deliver').Properties;
    const {SubnetIds} = VpcConfig as {SubnetIds: unknown[]};
    expect(SubnetIds.map(each => direct.nameOf(each))).toEqual([
      expect.stringContaining('FunctionsSubnet1'),
      expect.stringContaining('FunctionsSubnet2'),
    ]);
    expect(direct.fn('relayq-dev-route').Properties).not.toHaveProperty('VpcConfig');
  });

  test('what leaves is mail and calls of AWS, and nothing comes in', () => {
    const [group, ...others] = direct.all('AWS::EC2::SecurityGroup');
    expect(others).toEqual([]);
    const egress = group?.Properties.SecurityGroupEgress as {
      FromPort: number;
      ToPort: number;
      IpProtocol: string;
    }[];
    // Those of the setting mx-name-servers too.
    expect(egress.map(({FromPort, ToPort, IpProtocol}) => [IpProtocol, FromPort, ToPort])).toEqual([
      ...[25, 465, 587, 2525, 443].map(port => ['tcp', port, port]),
      ['udp', 53, 53],
      ['tcp', 53, 53],
    ]);
    expect(group?.Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(direct.all('AWS::EC2::SecurityGroupIngress')).toEqual([]);
    expect(direct.all('Custom::VpcRestrictDefaultSG')).toHaveLength(1);
  });

  test('Lambda may make network interfaces for deliver; its code may not', () => {
    const {'ec2:CreateNetworkInterface': made} = direct.permissionsOf('relayq-dev-deliver');
    expect(made).toEqual(['*']);
    const denied = direct.statementsOf('relayq-dev-deliver').filter(({Effect}) => Effect === 'Deny');
    const [{Action: deniedActions, Condition} = {}, ...rest] = denied;
    expect(rest).toEqual([]);
    const allowed = Object.keys(direct.permissionsOf('relayq-dev-deliver')).filter(action =>
      action.startsWith('ec2:'),
    );
    expect([deniedActions].flat().sort()).toEqual(allowed.sort());
    expect(JSON.stringify(Condition)).toMatch(/lambda:SourceFunctionArn.*:function:relayq-dev-deliver"/);
    const ofRoute = Object.keys(direct.permissionsOf('relayq-dev-route'));
    expect(ofRoute.filter(action => action.startsWith('ec2:'))).toEqual([]);
  });

  test('DynamoDB is reached past the NAT gateway, from the private subnets too', () => {
    const [endpoint, ...others] = direct.all('AWS::EC2::VPCEndpoint');
    expect(others).toEqual([]);
    expect(JSON.stringify(endpoint?.Properties.ServiceName)).toContain('.dynamodb');
    expect(endpoint?.Properties.RouteTableIds).toHaveLength(4);
  });

  test('flow logs show who was connected to', () => {
    expect(direct.all('AWS::EC2::FlowLog').map(({Properties}) => Properties.TrafficType)).toEqual(['ALL']);
  });
});

describe('with directMx and', () => {
  test('an address that is there already, no other is made, and it is no output', () => {
    const again = stackWith({directMx: 'true', eipAllocationId: 'eipalloc-0123456789abcdef0'});
    expect(again.all('AWS::EC2::EIP')).toEqual([]);
    expect(again.all('AWS::EC2::NatGateway').map(({Properties}) => Properties.AllocationId)).toEqual([
      'eipalloc-0123456789abcdef0',
    ]);
    expect(again.template.toJSON().Outputs).not.toHaveProperty('ElasticIp');
  });

  test('zones, the subnets are in these', () => {
    const zones = stackWith({directMx: 'true', zones: 'us-east-1b,us-east-1d'});
    const used = zones.all('AWS::EC2::Subnet').map(({Properties}) => Properties.AvailabilityZone);
    expect(used.toSorted()).toEqual(['us-east-1b', 'us-east-1b', 'us-east-1d', 'us-east-1d']);
  });

  test('an alarm for each NAT gateway, before connections fail', () => {
    const alarms = direct
      .all('AWS::CloudWatch::Alarm')
      .filter(({Properties}) => Properties.Namespace === 'AWS/NATGateway');
    const [gateway] = Object.keys(direct.template.findResources('AWS::EC2::NatGateway'));
    expect(alarms.map(({Properties}) => [Properties.MetricName, Properties.Dimensions])).toEqual([
      ['ErrorPortAllocation', [{Name: 'NatGatewayId', Value: {'Fn::GetAtt': [gateway, 'NatGatewayId']}}]],
    ]);
  });
});

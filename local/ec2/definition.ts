// EC2 as a part of the local cloud: it says what there is of networks, and makes nothing.

import {AwsError} from '../aws-error.ts';
import {isJsonObject} from '../json.ts';
import type {ServiceDefinition} from '../service-definition.ts';
import {type Network, networkOf} from './network.ts';
import {ec2Codec} from './query-codec.ts';

type NoResources = Record<never, never>;
type Input = Readonly<Record<string, unknown>>;

export const ec2: ServiceDefinition<'ec2', Network, NoResources> = {
  name: 'ec2',
  open({account: {region}}) {
    const state = networkOf(region);
    return {
      state,
      service: {
        name: 'ec2',
        query: ec2Codec,
        async call({operation, input}) {
          const describe = descriptions[operation];
          if (describe === undefined)
            throw new AwsError('InvalidAction', `The action ${operation} is not valid for this web service.`);
          // A parameter that would change the answer is one that has to be known.
          const unknown = Object.keys(input).find(
            name => !['Action', 'Version', ...describe.knows].includes(name),
          );
          if (unknown !== undefined)
            throw new AwsError('UnknownParameter', `The parameter ${unknown} is not recognized`);
          return describe.answer(state, input, region);
        },
      },
    };
  },
  /** "Describe actions don't support resource-level permissions" (Actions, resources, and condition keys for EC2). */
  permissionsFor: ({operation}) => [{action: `ec2:${operation}`, resource: '*'}],
  denial: {
    actionOf: action => action,
    errorOf: message =>
      new AwsError(
        'UnauthorizedOperation',
        `You are not authorized to perform this operation. ${message}`,
        403,
      ),
  },
  /** "Error codes for the Amazon EC2 API". */
  troubles: {
    fail: () => new AwsError('InternalError', 'An internal error has occurred.', 500),
    unavailable: () => new AwsError('Unavailable', 'The server is overloaded.', 503),
    throttle: () => new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  },
};

interface Description {
  readonly knows: readonly string[];
  readonly answer: (network: Network, input: Input, region: string) => Record<string, unknown>;
}

const descriptions: Readonly<Record<string, Description>> = {
  DescribeAvailabilityZones: {
    knows: [],
    answer: ({zones}, _, region) => ({
      availabilityZoneInfo: zones.map(({name, id, state}) => ({
        zoneName: name,
        zoneId: id,
        zoneState: state,
        regionName: region,
        zoneType: 'availability-zone',
        optInStatus: 'opt-in-not-required',
      })),
    }),
  },
  DescribeVpcs: {
    knows: [],
    answer: ({vpcs}) => ({vpcSet: vpcs.map(vpcId => ({vpcId, state: 'available'}))}),
  },
  DescribeAddresses: {
    knows: [],
    answer: ({addresses}) => ({addressesSet: addresses.map(allocationId => ({allocationId, domain: 'vpc'}))}),
  },
  DescribeNatGateways: {
    knows: ['Filters'],
    answer: ({natGateways}, {Filters: filters = []}) => {
      const [filter, ...more] = filters as readonly unknown[];
      const isOfState = isJsonObject(filter) && filter.Name === 'state' && more.length === 0;
      if (filter !== undefined && !isOfState)
        throw new AwsError('InvalidParameterValue', 'The local EC2 filters NAT gateways by state alone.');
      const states = isOfState ? (filter.Values as readonly string[]) : ['available'];
      const shown = states.includes('available') ? natGateways : [];
      return {
        natGatewaySet: shown.map(({id, zone}) => ({
          natGatewayId: id,
          subnetId: subnetIdOf(zone),
          state: 'available',
        })),
      };
    },
  },
  DescribeSubnets: {
    knows: ['SubnetIds'],
    answer: ({natGateways}, {SubnetIds: wanted}) => {
      const subnets = new Map(natGateways.map(({zone}) => [subnetIdOf(zone), zone]));
      const ids = (wanted as readonly string[] | undefined) ?? [...subnets.keys()];
      return {
        subnetSet: ids.map(subnetId => {
          const availabilityZone = subnets.get(subnetId);
          if (availabilityZone === undefined)
            throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
          return {subnetId, availabilityZone};
        }),
      };
    },
  },
};

/** Each zone has one subnet with NAT gateways. */
const subnetIdOf = (zone: string): string => `subnet-${Buffer.from(zone).toString('hex').slice(-16)}`;

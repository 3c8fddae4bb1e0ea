// What the account has of networks, as a test may set it: zones, VPCs, addresses, NAT gateways and their subnets.

interface Zone {
  readonly name: string;
  readonly id: string;
  readonly state: 'available' | 'information' | 'impaired' | 'unavailable' | 'constrained';
}

export interface Network {
  zones: readonly Zone[];
  /** Their IDs; one default VPC at first, as each account has. */
  vpcs: readonly string[];
  /** Allocation IDs of Elastic IPs. */
  addresses: readonly string[];
  /** The zone of each NAT gateway that is there. */
  natGateways: readonly {readonly id: string; readonly zone: string}[];
}

export const networkOf = (region: string): Network => ({
  zones: ['a', 'b', 'c'].map((letter, index) => ({
    name: `${region}${letter}`,
    id: `use1-az${index + 1}`,
    state: 'available',
  })),
  vpcs: ['vpc-0a0a0a0a0a0a0a0a0'],
  addresses: [],
  natGateways: [],
});

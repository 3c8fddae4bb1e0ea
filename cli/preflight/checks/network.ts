// Whether the account may have another VPC, Elastic IP and NAT gateway, which direct delivery makes one of each.

import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import {textOf} from '../../aws/query-api.ts';
import type {Check, Plan} from '../check.ts';

interface Quota {
  readonly what: string;
  readonly ServiceCode: string;
  readonly QuotaCode: string;
}

/** "Amazon VPC quotas" and "Elastic IP addresses" have the codes. */
const quotas = {
  vpcs: {what: 'VPCs', ServiceCode: 'vpc', QuotaCode: 'L-F678F1CE'},
  addresses: {what: 'Elastic IPs', ServiceCode: 'ec2', QuotaCode: 'L-0263D0A3'},
  gateways: {what: 'NAT gateways in a zone', ServiceCode: 'vpc', QuotaCode: 'L-FE5A380F'},
} as const satisfies Readonly<Record<string, Quota>>;

export const network: Check = {
  name: 'network',
  needsPermission: true,
  isFor: ({directMx}) => directMx,
  async look(plan) {
    const {clients, signal} = plan;
    const api = await clients.queryApi();
    const [vpcs, addresses, gateways, limits] = await Promise.all([
      api.list('ec2', 'DescribeVpcs', {list: 'vpcSet'}, signal),
      api.list('ec2', 'DescribeAddresses', {list: 'addressesSet'}, signal),
      gatewaysOf(plan),
      Promise.all(Object.values(quotas).map(quota => limitOf(plan, quota))),
    ]);
    const used = [vpcs.length, addresses.length, gateways];
    const rows = Object.values(quotas).map((quota, index) => ({
      quota,
      used: used[index]!,
      limit: limits[index]!,
    }));
    const full = rows.filter(row => row.used + 1 > row.limit);
    const text = rows.map(row => `${row.used} of ${row.limit} ${row.quota.what}`).join(', ');
    if (full.length === 0) return {verdict: 'ok', text: `there is room: ${text}`};
    return {
      verdict: 'problem',
      text: `there is no room for one more of ${full.map(row => row.quota.what).join(', ')}: ${text}`,
      todo: full.flatMap(({quota, limit}) => [
        `aws service-quotas request-service-quota-increase --service-code ${quota.ServiceCode} ` +
          `--quota-code ${quota.QuotaCode} --desired-value ${limit + 5}`,
        ...(quota === quotas.addresses
          ? ['or deploy with one that is there: -c eipAllocationId=eipalloc-…']
          : []),
      ]),
    };
  },
};

/** In the zone that has the most, of those that the gateway may come to. */
async function gatewaysOf({clients, signal, zones}: Plan): Promise<number> {
  const api = await clients.queryApi();
  const states = {'Filter.1.Name': 'state', 'Filter.1.Value.1': 'pending', 'Filter.1.Value.2': 'available'};
  const query = {list: 'natGatewaySet', parameters: states};
  const found = await api.list('ec2', 'DescribeNatGateways', query, signal);
  const subnets = [...new Set(found.map(gateway => textOf(gateway, 'subnetId')))];
  if (subnets.length === 0) return 0;
  const ids = subnets.map((id, index) => [`SubnetId.${index + 1}`, id]);
  const parameters = Object.fromEntries(ids) as Record<string, string>;
  const described = await api.list('ec2', 'DescribeSubnets', {list: 'subnetSet', parameters}, signal);
  const zoneOf = new Map(described.map(each => [textOf(each, 'subnetId'), textOf(each, 'availabilityZone')]));
  const counts = new Map<string, number>();
  for (const gateway of found) {
    const zone = zoneOf.get(textOf(gateway, 'subnetId')) ?? '';
    if (zones.length === 0 || zones.includes(zone)) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

/** What the account was given, or what all have. */
async function limitOf({clients, signal}: Plan, {ServiceCode, QuotaCode}: Quota): Promise<number> {
  const client = await clients.serviceQuotas();
  const query = {ServiceCode, QuotaCode};
  const options = {abortSignal: signal};
  const quotaValueOf = ({Quota}: {readonly Quota?: ServiceQuota | undefined}) => Quota?.Value ?? 0;
  try {
    return quotaValueOf(await client.send(new GetServiceQuotaCommand(query), options));
  } catch (error) {
    if ((error as Error).name !== 'NoSuchResourceException') throw error;
    return quotaValueOf(await client.send(new GetAWSDefaultServiceQuotaCommand(query), options));
  }
}

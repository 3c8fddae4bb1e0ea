// Service Quotas as a part of the local cloud: how much of something the account may have.

import {AwsError} from '../aws-error.ts';
import {type Input, optionalString} from '../endpoint/input.ts';
import type {ServiceDefinition} from '../service-definition.ts';

type NoResources = Record<never, never>;

/** What a test may set, by service and code: `vpc/L-F678F1CE`. */
type Quotas = Map<string, number>;

/** "Amazon VPC quotas", and "Elastic IP addresses": what each account has at first. */
const defaults: Readonly<Record<string, readonly [name: string, value: number]>> = {
  'vpc/L-F678F1CE': ['VPCs per Region', 5],
  'vpc/L-FE5A380F': ['NAT gateways per Availability Zone', 5],
  'ec2/L-0263D0A3': ['EC2-VPC Elastic IPs', 5],
};

export const serviceQuotas: ServiceDefinition<'servicequotas', Quotas, NoResources> = {
  name: 'servicequotas',
  open({account: {region, accountId}}) {
    const state: Quotas = new Map();
    const quotaOf = (input: Input, valueFor: (key: string) => number | undefined) => {
      const service = required(input, 'ServiceCode');
      const code = required(input, 'QuotaCode');
      const key = `${service}/${code}`;
      const value = valueFor(key);
      if (value === undefined)
        throw new AwsError('NoSuchResourceException', `There is no quota ${code} of ${service}.`);
      return {
        Quota: {
          ServiceCode: service,
          QuotaCode: code,
          QuotaName: defaults[key]?.[0] ?? code,
          QuotaArn: `arn:aws:servicequotas:${region}:${accountId}:${key}`,
          Value: value,
          Adjustable: true,
          GlobalQuota: false,
          Unit: 'None',
        },
      };
    };
    return {
      state,
      service: {
        name: 'servicequotas',
        target: 'ServiceQuotasV20190624',
        async call({operation, input}) {
          switch (operation) {
            case 'GetServiceQuota':
              return quotaOf(input, key => state.get(key) ?? defaults[key]?.[1]);
            case 'GetAWSDefaultServiceQuota':
              return quotaOf(input, key => defaults[key]?.[1]);
            default:
              throw new AwsError(
                'UnknownOperationException',
                `The local Service Quotas has no operation ${operation}.`,
              );
          }
        },
      },
    };
  },
  /** The errors of the Service Quotas API Reference. */
  troubles: {
    fail: () => new AwsError('ServiceException', 'Something went wrong.', 500),
    unavailable: () => new AwsError('ServiceUnavailable', 'Service is unavailable.', 503),
    throttle: () => new AwsError('TooManyRequestsException', 'Rate exceeded', 429),
  },
};

function required(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (value === undefined) throw new AwsError('IllegalArgumentException', `${name} is missing.`);
  return value;
}

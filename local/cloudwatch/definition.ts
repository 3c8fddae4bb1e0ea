// CloudWatch's metrics as a part of the local cloud. They come from what functions log; nobody else puts any.

import {AwsError} from '../aws-error.ts';
import {memberListCodec} from '../endpoint/member-lists.ts';
import type {ServiceDefinition} from '../service-definition.ts';
import {getMetricData} from './get-metric-data.ts';
import {listMetrics} from './list-metrics.ts';
import {Metrics} from './metrics.ts';

type NoResources = Record<never, never>;

export const cloudWatch: ServiceDefinition<'monitoring', Metrics, NoResources> = {
  // As signatures name it. IAM has another name for it.
  name: 'monitoring',
  open() {
    const state = new Metrics();
    return {
      state,
      service: {
        name: 'monitoring',
        target: 'GraniteServiceVersion20100801',
        namespace: 'com.amazonaws.cloudwatch',
        isCbor: true,
        query: memberListCodec({
          namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
          integers: ['Period', 'MaxDatapoints'],
          flags: ['ReturnData', 'IncludeLinkedAccounts'],
        }),
        async call({operation, input}) {
          if (operation === 'ListMetrics') return listMetrics(state, input, Date.now());
          if (operation === 'GetMetricData') return getMetricData(state, input);
          const text = `The local CloudWatch has no operation ${operation}; it knows ListMetrics and GetMetricData.`;
          throw new AwsError('UnknownOperationException', text, 400, {queryCode: 'InvalidAction'});
        },
      },
    };
  },
  permissionsFor: ({operation}) => [{action: `cloudwatch:${operation}`, resource: '*'}],
};

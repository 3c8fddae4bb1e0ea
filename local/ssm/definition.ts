// Parameter Store as a part of the local cloud.

import {AwsError} from '../aws-error.ts';
import type {ServiceDefinition} from '../service-definition.ts';
import {withKeys} from './key-uses.ts';
import {ssmPermissionsFor} from './permissions.ts';
import {ssmService} from './service.ts';
import {Ssm} from './ssm.ts';
import {Throughput} from './throughput.ts';

export const ssm: ServiceDefinition<'ssm', Ssm, object> = {
  name: 'ssm',
  open({account, now, store, checkKey}) {
    const state = new Ssm({...account, now, ...(store && {store})});
    return {state, service: withKeys(ssmService(state, new Throughput()), state, checkKey)};
  },
  permissionsFor: ssmPermissionsFor,
  /** The errors of the Systems Manager API Reference, and what its clients report. */
  troubles: {
    fail: () => new AwsError('InternalServerError', 'An error occurred on the server side.', 500),
    unavailable: () => new AwsError('ServiceUnavailable', 'Service is unavailable, try again later.', 503),
    throttle: () => new AwsError('ThrottlingException', 'Rate exceeded'),
  },
};

// The settings of Parameter Store for an account and region ("ServiceSetting", Systems Manager API Reference). The one
// that is known says whether the account pays for a higher throughput.

import {AwsError} from '../aws-error.ts';
import {text} from './input.ts';
import type {Operation} from './operation.ts';

const getServiceSetting: Operation = (ssm, input) => {
  const given = text(input, 'SettingId', {max: 1000});
  const id = given.replace(/^arn:aws:ssm:[^:]+:\d+:servicesetting(?=\/)/, '');
  const value = ssm.serviceSettings.get(id);
  if (value === undefined)
    throw new AwsError('ServiceSettingNotFound', `The service setting ${given} was not found.`);
  return {
    ServiceSetting: {
      SettingId: id,
      SettingValue: value,
      Status: value === 'false' ? 'Default' : 'Customized',
      ARN: `arn:aws:ssm:${ssm.region}:${ssm.accountId}:servicesetting${id}`,
    },
  };
};

export const settingOperations: Readonly<Record<string, Operation>> = {GetServiceSetting: getServiceSetting};

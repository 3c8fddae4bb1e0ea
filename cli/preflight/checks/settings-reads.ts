// Whether SSM answers all environments when they start at once: each reads the settings first, and the account has 40
// reads a second at first.

import {GetServiceSettingCommand} from '@aws-sdk/client-ssm';
import {mostExecutionsOf} from '../../../shared/stage-concurrency.ts';
import type {Check} from '../check.ts';

const setting = '/ssm/parameter-store/high-throughput-enabled';
/** "Default throughput: 40", and that of higher throughput for reads by path (Systems Manager endpoints and quotas). */
const perSecond = 40;
const higherPerSecond = 100;
/** USD for 10,000 calls where the throughput is higher (aws.amazon.com/systems-manager/pricing). */
const usdPerTenThousand = 0.05;
const minutesPerMonth = 730 * 60;

export const settingsReads: Check = {
  name: 'settings-reads',
  needsPermission: true,
  async look({clients: {ssm}, signal, concurrency}) {
    const command = new GetServiceSettingCommand({SettingId: setting});
    const {ServiceSetting} = await ssm.send(command, {abortSignal: signal});
    const isHigher = ServiceSetting?.SettingValue === 'true';
    const environments = mostExecutionsOf(concurrency);
    const rate = isHigher ? higherPerSecond : perSecond;
    const seconds = Math.ceil(environments / rate);
    const text =
      `SSM takes ${rate} reads of settings a second; ${environments} environments that start at once ` +
      `read a page of ten parameters each, which takes ${seconds} s`;
    if (isHigher || environments <= rate) return {verdict: 'ok', text};
    const usd = ((environments * minutesPerMonth) / 10_000) * usdPerTenThousand;
    return {
      verdict: 'warning',
      text: `${text}; what is refused is asked again, and its mail waits`,
      todo: [
        `aws ssm update-service-setting --setting-id ${setting} --setting-value true`,
        `that costs ${usdPerTenThousand.toFixed(2)} USD for 10,000 calls of the whole account: ${usd.toFixed(2)} USD ` +
          'a month where all of them work all the time',
      ],
    };
  },
};

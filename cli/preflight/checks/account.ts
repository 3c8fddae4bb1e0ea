// Who looks, and where: everything else is about this account and region.

import type {Check} from '../check.ts';

export const account: Check = {
  name: 'account',
  needsPermission: false,
  async look({clients, signal}) {
    const [number, caller, region] = [
      await clients.account(signal),
      await clients.caller(signal),
      await clients.region(),
    ];
    return {verdict: 'ok', text: `account ${number} in ${region}, as ${caller}`};
  },
};

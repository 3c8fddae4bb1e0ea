// What the stage costs by the month, whether mail is sent or not.

import type {Check} from '../check.ts';
import {idleCostOf, usdOfDashboard} from '../idle-cost.ts';

export const cost: Check = {
  name: 'cost',
  needsPermission: false,
  async look({directMx}) {
    const terms = idleCostOf({directMx});
    const all = terms.reduce((sum, {usd}) => sum + usd, 0);
    const parts = terms.map(({what, usd}) => `${usd.toFixed(2)} for ${what}`).join(', ');
    return {
      verdict: 'ok',
      text:
        `about ${all.toFixed(2)} USD a month while there is no mail, by the list of us-east-1: ${parts}; ` +
        `${usdOfDashboard.toFixed(2)} more where the account has three other dashboards`,
    };
  },
};

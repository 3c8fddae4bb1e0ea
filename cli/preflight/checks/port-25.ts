// Port 25 before a deployment: nobody can see from outside whether AWS lets it out.

import type {Check} from '../check.ts';
import {askForPort25} from '../port-25-request.ts';

export const port25: Check = {
  name: 'port-25',
  needsPermission: false,
  async look({stage, directMx}) {
    if (!directMx)
      return {
        verdict: 'unknown',
        text: 'port 25 is closed to functions outside a VPC: a smarthost has to take mail on 465, 587 or 2525',
        todo: ['for delivery to MX hosts: deploy with -c directMx=true, and see --direct-mx'],
      };
    return {
      verdict: 'unknown',
      text: 'port 25 opens for an Elastic IP when AWS is asked; before the deployment nobody can try it',
      todo: [...askForPort25, `then: relayq preflight --deployed --stage ${stage}`],
    };
  },
};

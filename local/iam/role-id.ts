// The unique ID of a role (IAM User Guide, "Unique identifiers"): what SQS calls whoever acts under it.

import {createHash} from 'node:crypto';

/** AWS makes them up; here they follow from the name, so that they survive a restart. */
export const roleIdOf = (roleName: string): string =>
  `AROA${createHash('sha256').update(roleName).digest('hex').slice(0, 17).toUpperCase()}`;

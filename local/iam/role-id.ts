// The unique ID of a role (IAM User Guide, "Unique identifiers"). SQS shows it as the sender of messages.

import {createHash} from 'node:crypto';

/** AWS makes IDs up. Here an ID follows from the name, so that it survives a restart. */
export const roleIdOf = (roleName: string): string =>
  `AROA${createHash('sha256').update(roleName).digest('hex').slice(0, 17).toUpperCase()}`;

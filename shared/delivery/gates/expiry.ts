// A message is given up when it has been tried often enough, or when no time is left for its next attempt.

import type {Gate} from '../gate.ts';
import {dueOf, expiredBecause, expiryEntry} from '../schedule.ts';

export const expiry: Gate =
  ({settings}) =>
  ({message}, nowMs) => {
    const reason = expiredBecause(message, settings, dueOf(message, nowMs));
    return reason === undefined ? undefined : {kind: 'end', fate: 'expired', entry: expiryEntry(reason)};
  };

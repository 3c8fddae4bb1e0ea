// A message waits until its next attempt is due.

import type {Gate} from '../gate.ts';
import {dueOf} from '../schedule.ts';

export const due: Gate =
  () =>
  ({message}, nowMs) => {
    const untilMs = dueOf(message, nowMs);
    return untilMs > nowMs ? {kind: 'hold', untilMs} : undefined;
  };

// The log as a listener: one line for each outcome.

import {outcomeLine} from '../../shared/delivery/outcome-line.ts';
import type {Log} from '../runtime/log.ts';
import type {OutcomeListener} from './outcome-writer.ts';

export const outcomeLog = (log: Log): OutcomeListener => ({
  known: outcome => {
    const line = outcomeLine(outcome);
    if (line !== undefined) log(line.level, line.message, line.fields);
  },
});

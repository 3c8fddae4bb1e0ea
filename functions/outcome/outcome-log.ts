// The log as a listener: one line for each outcome. What is the same for all messages of a connection stands in the first line
// of it.

import {outcomeLine} from '../../shared/delivery/outcome-line.ts';
import {BoundedMap} from '../runtime/bounded-map.ts';
import type {Log} from '../runtime/log.ts';
import type {OutcomeListener} from './outcome-writer.ts';

/** An environment has fewer open. */
const maxConnections = 100;

export const outcomeLog = (log: Log): OutcomeListener => {
  const told = new BoundedMap<string, true>(maxConnections);
  return {
    known: outcome => {
      const line = outcomeLine(outcome, connection => told.has(connection));
      if (line === undefined) return;
      log(line.level, line.message, line.fields);
      const {connection} = line.fields;
      if (typeof connection === 'string') told.set(connection, true);
    },
  };
};

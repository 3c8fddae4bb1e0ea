// A query in CloudWatch Logs' own language: its text, as stages for rows to pass through. What is not known here is
// refused, and never ignored.

import {commands} from './commands.ts';
import {MalformedQuery} from './malformed-query.ts';
import {Plan, type Stage} from './stage.ts';
import {TokenReader} from './token-reader.ts';

export interface Query {
  readonly stages: readonly Stage[];
  readonly columns: readonly string[];
  /** Whether its rows are log events. Otherwise they are statistics. */
  readonly isOfEvents: boolean;
}

/** @throws MalformedQuery */
export function parseQuery(text: string): Query {
  const reader = new TokenReader(text);
  const plan = new Plan();
  do {
    const name = reader.expectKind('word', 'a command');
    const kind = name.text.toLowerCase();
    const command = Object.hasOwn(commands, kind) ? commands[kind] : undefined;
    if (command === undefined)
      throw new MalformedQuery(
        `the local Logs Insights has no command ${name.text.slice(0, 100)}; it knows ${Object.keys(commands).join(', ')}`,
        name,
      );
    command(reader, plan);
  } while (reader.accept('|'));
  if (reader.next.kind !== 'end') throw reader.unexpected('"|" or the end of the query');
  return {stages: plan.stages, columns: plan.columns, isOfEvents: plan.statistics === undefined};
}

// The commands of the query language, by name. Each reads what stands behind its name, and adds to the plan.

import {conditionIn} from './condition.ts';
import {MalformedQuery} from './malformed-query.ts';
import {aliasIn, columnIn} from './operand.ts';
import {parseCommand} from './parse-command.ts';
import type {Row} from './row.ts';
import type {Plan} from './stage.ts';
import {statsCommand} from './stats-command.ts';
import type {TokenReader} from './token-reader.ts';
import {compareNaturally, textOf} from './value.ts';

type Command = (reader: TokenReader, plan: Plan) => void;

/** The maximum of `limit`, and what it is without one. */
export const maximumRows = 10_000;

export const commands: Readonly<Record<string, Command>> = {
  fields(reader, plan) {
    if (plan.statistics !== undefined)
      throw new MalformedQuery('behind stats there are no fields of events: use display', reader.next);
    for (const {column, name} of reader.list(() => columnAndNameIn(reader))) {
      plan.fields.push(name);
      if (name === column.name && !name.includes('(')) continue;
      plan.stages.push({
        each(row) {
          row.set(name, column.of(row));
          return true;
        },
      });
    }
  },

  filter(reader, plan) {
    plan.stages.push({each: conditionIn(reader)});
  },

  stats: statsCommand,

  parse: parseCommand,

  sort(reader, plan) {
    const keys = reader.list(() => {
      const column = columnIn(reader);
      const isDescending = reader.accept('desc');
      if (!isDescending) reader.accept('asc');
      return {column, sign: isDescending ? -1 : 1};
    });
    const order = (a: Row, b: Row) => {
      for (const {column, sign} of keys) {
        const found = sign * compareNaturally(column.of(a), column.of(b));
        if (found !== 0) return found;
      }
      return 0;
    };
    plan.stages.push({all: rows => rows.toSorted(order)});
  },

  limit(reader, plan) {
    const token = reader.expectKind('number', 'a number');
    const limit = Number(token.text);
    if (!Number.isInteger(limit) || limit < 1 || limit > maximumRows)
      throw new MalformedQuery(`a limit is a number from 1 to ${maximumRows}`, token);
    plan.stages.push({all: rows => rows.slice(0, limit)});
  },

  display(reader, plan) {
    plan.displayed = reader.list(() => columnIn(reader).name);
  },

  /** The first row of each kind stays, and every row that has not got all of the fields. */
  dedup(reader, plan) {
    const columns = reader.list(() => columnIn(reader));
    plan.stages.push({
      all(rows) {
        const seen = new Set<string>();
        return rows.filter(row => {
          const values = columns.map(column => column.of(row));
          if (values.includes(undefined)) return true;
          const key = JSON.stringify(values.map(value => textOf(value!)));
          const isNew = !seen.has(key);
          seen.add(key);
          return isNew;
        });
      },
    });
  },
};

function columnAndNameIn(reader: TokenReader) {
  const column = columnIn(reader);
  return {column, name: aliasIn(reader) ?? column.name};
}

// `stats count(*) as n, avg(x) by field, bin(5m)`: rows become groups, and groups become rows.

import {type Aggregate, aggregateIn} from './aggregate.ts';
import {MalformedQuery} from './malformed-query.ts';
import {aliasIn, columnIn, type Operand} from './operand.ts';
import {Row} from './row.ts';
import type {Plan} from './stage.ts';
import type {TokenReader} from './token-reader.ts';
import {textOf} from './value.ts';

/** "You can use as many as two stats commands in a single query." */
const maximumAggregations = 2;

interface Column<T> {
  readonly name: string;
  readonly source: T;
}

export function statsCommand(reader: TokenReader, plan: Plan): void {
  if (plan.aggregations === maximumAggregations)
    throw new MalformedQuery(`a query has at most ${maximumAggregations} stats`, reader.next);
  const aggregates = reader.list(() => aggregateColumnIn(reader));
  const groups = reader.accept('by') ? reader.list(() => groupColumnIn(reader)) : [];
  plan.aggregations += 1;
  plan.statistics = [...groups, ...aggregates].map(({name}) => name);
  plan.displayed = undefined;
  plan.stages.push({all: rows => aggregated(rows, groups, aggregates)});
}

function aggregateColumnIn(reader: TokenReader): Column<() => Aggregate> {
  const {next: first} = reader;
  const source = aggregateIn(reader);
  const name = reader.textSince(first);
  return {source, name: aliasIn(reader) ?? name};
}

function groupColumnIn(reader: TokenReader): Column<Operand> {
  const source = columnIn(reader);
  return {source, name: aliasIn(reader) ?? source.name};
}

function aggregated(
  rows: readonly Row[],
  groups: readonly Column<Operand>[],
  aggregates: readonly Column<() => Aggregate>[],
): readonly Row[] {
  const found = new Map<string, {readonly row: Row; readonly aggregates: readonly Aggregate[]}>();
  const groupOf = (key: string) => {
    const known = found.get(key);
    if (known !== undefined) return known;
    const group = {row: new Row(), aggregates: aggregates.map(({source}) => source())};
    found.set(key, group);
    return group;
  };
  // Without groups, there is one row, even of nothing.
  if (groups.length === 0) groupOf('[]');
  for (const row of rows) {
    const values = groups.map(({source}) => source.of(row));
    const group = groupOf(JSON.stringify(values.map(value => (value === undefined ? null : textOf(value)))));
    for (const [index, {name}] of groups.entries()) group.row.set(name, values[index]);
    for (const aggregate of group.aggregates) aggregate.add(row);
  }
  return [...found.values()].map(group => {
    for (const [index, {name}] of aggregates.entries()) group.row.set(name, group.aggregates[index]!.value());
    return group.row;
  });
}

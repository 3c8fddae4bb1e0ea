// The results as tables. Pure.

import type {BenchResults} from './results.ts';
import type {Table} from './table.ts';
import {aimsTable} from './tables/aims-table.ts';
import {costTable, directCostTable, standingTables} from './tables/cost-tables.ts';
import {coldStartTable, pipelineTables, scaleTable, submissionTable} from './tables/function-tables.ts';
import {isolationTable} from './tables/isolation-table.ts';
import {drainTable, overviewTable, speedTable} from './tables/speed-tables.ts';

export function tablesOf(results: BenchResults): readonly Table[] {
  const {speed = [], drain, pipeline, scale, coldStart, cost, directCost, standing} = results;
  const {isolation, submission} = results;
  return [
    ...aimsTable(results),
    ...(speed.length > 0 ? [overviewTable(speed)] : []),
    ...(drain ? [drainTable(drain)] : []),
    ...(isolation ? [isolationTable(isolation)] : []),
    ...(submission?.length ? [submissionTable(submission)] : []),
    ...(cost ? [costTable(cost)] : []),
    ...(directCost ? [directCostTable(directCost)] : []),
    ...(standing ? standingTables(standing, cost ?? []) : []),
    ...(coldStart ? [coldStartTable(coldStart)] : []),
    ...(scale ? [scaleTable(scale)] : []),
    ...(pipeline ? pipelineTables(pipeline) : []),
    ...speed.map(speedTable),
  ];
}

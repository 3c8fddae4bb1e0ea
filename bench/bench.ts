// `npm run bench`: runs the cases that were asked for, one after the other, and prints the results.

import {chmod, cp, mkdir, mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {startReaper} from '../local/lambda/reaper.ts';
import {synthesise} from '../local/synthesis.ts';
import type {BenchContext} from './bench-context.ts';
import {type BenchOptions, type CaseName, parseBenchOptions, UsageError, usage} from './bench-options.ts';
import {measureColdStarts} from './cases/cold-start.ts';
import {measureCosts} from './cases/cost.ts';
import {measureDirectCosts} from './cases/direct-cost.ts';
import {measureDrain} from './cases/drain.ts';
import {measureIsolation} from './cases/isolation.ts';
import {measurePipeline} from './cases/pipeline.ts';
import {measureScale} from './cases/scale.ts';
import {measureSpeed} from './cases/speed.ts';
import {measureStandingCosts} from './cases/standing.ts';
import {measureSubmission} from './cases/submission.ts';
import {stage} from './delivery-patterns.ts';
import {figureOf} from './figure.ts';
import {Places} from './receivers/place.ts';
import {reportOf} from './report.ts';
import {type BenchResults, type Measured, resultsOf, thisMachine} from './results.ts';
import {textTable} from './table.ts';
import {tablesOf} from './tables.ts';

const root = join(import.meta.dirname, '..');
const startedMs = performance.now();

const progress = (line: string) =>
  void process.stderr.write(
    `${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${line}\n`,
  );

/** In this order: what is short, and fails early, first. */
const cases: Readonly<Record<CaseName, (context: BenchContext) => Promise<Measured>>> = {
  'cold-start': async context => ({coldStart: await measureColdStarts(context)}),
  cost: async context => ({
    cost: await measureCosts(context),
    directCost: await measureDirectCosts(context),
    standing: await measureStandingCosts(context),
  }),
  drain: async context => ({drain: await measureDrain(context)}),
  submission: async context => ({submission: await measureSubmission(context)}),
  pipeline: async context => ({pipeline: await measurePipeline(context)}),
  isolation: async context => ({isolation: await measureIsolation(context)}),
  speed: async context => ({speed: await measureSpeed(context)}),
  scale: async context => ({scale: await measureScale(context)}),
};

/** @param onMeasured is told after each case: a case that fails must not cost what the others have measured */
async function measure(
  context: BenchContext,
  onMeasured: (measured: Measured) => Promise<void>,
): Promise<Measured> {
  let measured: Measured = {};
  for (const [name, run] of Object.entries(cases)) {
    if (!context.options.cases.has(name as CaseName)) continue;
    measured = {...measured, ...(await run(context))};
    await onMeasured(measured);
  }
  return measured;
}

/** What is not measured now stays as it was in the JSON of before. */
async function resultsWith(options: BenchOptions): Promise<BenchResults> {
  const {from, cases} = options;
  const before =
    from === undefined ? {} : (JSON.parse(await readFile(from, 'utf8')) as Partial<BenchResults>);
  if (cases.size === 0) return before as BenchResults;
  return bench(options, before);
}

async function bench(options: BenchOptions, before: Partial<BenchResults>): Promise<BenchResults> {
  const synthesised = await synthesise(root, {
    stage,
    onSynthesis: () => progress('synthesising the stack'),
  });
  const directory = await mkdtemp(join(tmpdir(), 'relayq-bench-'));
  // Postfix reads it as a user of its own.
  await chmod(directory, 0o755);
  // A copy: another synthesis, for example of a test that runs meanwhile, removes the old bundles.
  const assembly = {...synthesised, directory: join(directory, 'assembly')};
  await cp(synthesised.directory, assembly.directory, {recursive: true});
  // It ends all processes and removes all files, however the benchmark ends.
  const reaper = startReaper(directory);
  // The reaper alone does not keep this process alive.
  const awake = setInterval(() => {}, 60_000);
  const places = new Places({directory, reaper});
  try {
    const date = new Date().toISOString();
    const withThose = (measured: Measured) => ({
      ...before,
      ...resultsOf(measured, options, {date, machine: thisMachine()}),
    });
    const context = {options, assembly, places, reaper, directory, progress};
    return withThose(await measure(context, measured => writeJson(withThose(measured), options)));
  } finally {
    await places.close();
    await reaper.close();
    clearInterval(awake);
  }
}

async function writeJson(results: BenchResults, {json}: BenchOptions): Promise<void> {
  if (json !== undefined) await writeFile(json, `${JSON.stringify(results, undefined, 2)}\n`);
}

async function write(results: BenchResults, {report, ...options}: BenchOptions): Promise<void> {
  await writeJson(results, options);
  if (report === undefined) return;
  await mkdir(report, {recursive: true});
  const page = join(report, 'benchmark.md');
  const previous = await readFile(page, 'utf8').catch(() => '');
  await writeFile(page, reportOf(results, previous));
  await writeFile(join(report, 'benchmark.svg'), figureOf(results));
}

async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  const results = await resultsWith(options);
  await write(results, options);
  process.stdout.write(`${tablesOf(results).map(textTable).join('\n')}`);
}

// The reaper ends what was started. A Ctrl-C may come twice: from the terminal, and from npm.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

try {
  await main();
} catch (error) {
  const isWrong = error instanceof UsageError;
  process.stderr.write(`relayq: ${isWrong ? error.message : (error as Error).stack}\n`);
  if (isWrong) process.stderr.write('See npm run bench -- --help\n');
  // Something that was started may still be listening.
  process.exit(isWrong ? 2 : 1);
}

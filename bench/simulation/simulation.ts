// `npm run simulation`: what a pipeline does with more mail, and for longer, than a machine can show.

import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {markdownTable, textTable} from '../table.ts';
import {type CrowdOptions, runCrowd} from './crowd.ts';
import {type OutageOptions, runOutage} from './outage.ts';
import {type Findings, type NamedCrowd, type NamedOutage, pictureOf, tablesOf} from './report.ts';
import {far, near, type Trouble} from './servers.ts';
import {runTarpits} from './tarpits.ts';

const usage = `Usage: npm run simulation -- [--quick] [--report DIRECTORY]

Prints what came of the cases. The same is printed each time.

  --quick              few messages, in seconds: whether it works
  --report DIRECTORY   writes the tables into its simulation.md, and simulation.svg
`;

const progress = (line: string) => void process.stderr.write(`${line}\n`);
const minuteMs = 60_000;
const nightMs = 600 * minuteMs;

async function crowdsOf(isQuick: boolean): Promise<readonly NamedCrowd[]> {
  const size: CrowdOptions = isQuick
    ? {messages: 2_000, domains: 200, spreadMs: minuteMs, troubled: 0, giant: 0}
    : {messages: 1_000_000, domains: 50_000, spreadMs: 60 * minuteMs, troubled: 0, giant: 0};
  const cases: readonly (readonly [string, Partial<CrowdOptions>])[] = [
    ['no trouble', {}],
    ['1 % dead, 1 % slow', {troubled: 0.01}],
    ['the same, and one domain has nine tenths', {troubled: 0.01, giant: 0.9}],
  ];
  const crowds: NamedCrowd[] = [];
  for (const [name, changes] of cases) {
    progress(`crowd: ${name}`);
    crowds.push({name, run: await runCrowd({...size, ...changes})});
  }
  return crowds;
}

async function outagesOf(isQuick: boolean): Promise<readonly NamedOutage[]> {
  const queued = {messages: isQuick ? 100 : 2_000, recipients: 200, spreadMs: 0, server: far};
  const night = {messages: 50_000, recipients: 2_000, spreadMs: nightMs, server: far};
  const lengths: readonly (readonly [string, Omit<OutageOptions, 'trouble'>])[] = [
    ['20 s', {...queued, downMs: 20_000}],
    ...(isQuick
      ? []
      : ([
          ['120 s', {...queued, downMs: 120_000}],
          ['10 hours', {...night, downMs: nightMs}],
        ] as const)),
  ];
  const troubles: readonly Trouble[] = ['refuses', 'hangs', '421', 'puts-off'];
  const outages: NamedOutage[] = [];
  for (const [name, length] of lengths)
    for (const trouble of troubles) {
      progress(`smarthost: ${trouble} for ${name}`);
      outages.push({name, trouble, outage: await runOutage({...length, trouble})});
    }
  return outages;
}

async function findingsOf(isQuick: boolean): Promise<Findings> {
  progress('checks');
  const refusing = {trouble: 'refuses', downMs: 120_000, recipients: 200, spreadMs: 0, server: near} as const;
  const checks = {
    tarpits: await runTarpits(isQuick ? 30 : 200),
    refusing: await runOutage({...refusing, messages: isQuick ? 100 : 2_000}),
  };
  return {checks, crowds: await crowdsOf(isQuick), outages: await outagesOf(isQuick)};
}

/** Everything above this line of the page is kept. */
const marker = '<!-- figures: written by npm run simulation -- --report docs -->';

async function report(findings: Findings, directory: string): Promise<void> {
  const page = join(directory, 'simulation.md');
  const [kept = ''] = (await readFile(page, 'utf8').catch(() => '')).split(marker);
  const tables = tablesOf(findings).map(table => `## ${table.title}\n\n${markdownTable(table)}`);
  await writeFile(page, `${kept}${marker}\n\n${tables.join('\n')}`);
  await writeFile(join(directory, 'simulation.svg'), pictureOf(findings));
}

const {values} = parseArgs({
  options: {quick: {type: 'boolean', default: false}, report: {type: 'string'}, help: {type: 'boolean'}},
});
if (values.help) process.stdout.write(usage);
else {
  const findings = await findingsOf(values.quick);
  process.stdout.write(tablesOf(findings).map(textTable).join('\n'));
  if (values.report !== undefined) await report(findings, values.report);
  // Pollers wait for ever.
  process.exit();
}

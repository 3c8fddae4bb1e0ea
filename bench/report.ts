// The page in docs/: the results, how they were measured, and how to repeat it. Keeps what people wrote between its
// markers. Pure.

import {runMsOf} from './bench-context.ts';
import {headlineOf} from './headline.ts';
import {methodOf} from './method.ts';
import type {BenchResults} from './results.ts';
import {markdownTable, numberText, type Table} from './table.ts';
import {tablesOf} from './tables.ts';

const notesStart = '<!-- notes: kept when this page is written anew -->';
const notesEnd = '<!-- end of notes -->';

/** @param previous the page as it was before, if there was one */
export function reportOf(results: BenchResults, previous = ''): string {
  const {date, machine, size, runs, warmUp, sqsLatencyMs, prices} = results;
  const tables = tablesOf(results);
  const aims = tables.filter(({title}) => title === 'Aims');
  const others = tables.filter(table => !aims.includes(table));
  return `# Benchmark

${headlineOf(results)}

Written by \`npm run bench -- --report docs\` on ${date.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB,
${machine.system}, Node.js ${machine.node}; ${runs} alternating runs of each, of ${numberText(runMsOf(size) / 1000, 1)} s and
at most ${size} messages, after ${warmUp} messages of warm-up in each process. [How it was measured](#method).

${aims.map(section).join('\n')}
${notesOf(previous)}

![Speed next to nodemailer's pool, and cost by term](benchmark.svg)

${others.map(section).join('\n')}
${methodOf(prices, sqsLatencyMs)}
## Repeat it

\`\`\`sh
npm ci
npm run bench -- --report docs --json benchmark.json   # everything; as root, so that Postfix can take part
npm run bench -- --cases speed --round-trip 20 --connections 10 --transfers chunking --runs 5
npm run bench -- --cases isolation --from benchmark.json --json benchmark.json --report docs   # one case anew
npm run bench -- --from benchmark.json --report docs   # only writes the page
npm run bench -- --help
\`\`\`

With Debian's \`postfix\` installed, it and its \`smtp-sink\` receive too, and Postfix and \`smtp-source\` take part; without,
the embedded receiver does it all. No other service is needed, and nothing leaves the machine.
`;
}

const section = (table: Table): string => `## ${table.title}\n\n${markdownTable(table)}`;

function notesOf(previous: string): string {
  const start = previous.indexOf(notesStart);
  const end = previous.indexOf(notesEnd, start);
  const notes = start < 0 || end < 0 ? '\n' : previous.slice(start + notesStart.length, end);
  return `${notesStart}${notes}${notesEnd}`;
}

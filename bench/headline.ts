// The results in a few lines, for the top of the page. Leaves out what was not measured. Pure.

import {tenKB} from './mail.ts';
import type {BenchResults} from './results.ts';
import {numberText} from './table.ts';

const pool = "nodemailer's pool";

export const headlineOf = (results: BenchResults): string =>
  [...speedLines(results), ...costLines(results)].join('\n');

const speedLines = ({speed = []}: BenchResults): readonly string[] =>
  speed.flatMap(({security, roundTripMs, connections, rows}) => {
    const [own, other] = ['relayq', pool].map(subject => rows.find(row => row.subject === subject));
    if (security !== 'plain' || own === undefined || other === undefined) return [];
    const where = `${roundTripMs} ms, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
    const rate = `${numberText(own.messagesPerSecond, 0)} messages a second`;
    return [`- **${where}**: ${rate}, ${numberText(other.relayqSpeed, 2)} times what ${pool} delivers`];
  });

const costLines = ({cost = []}: BenchResults): readonly string[] =>
  cost
    .filter(({mailOctets, deferredShare}) => mailOctets === tenKB && deferredShare === 0)
    .map(
      ({roundTripMs, cost: {usd}}) =>
        `- **A million messages** of 10 KB at ${roundTripMs} ms: ${numberText(usd, 2)} USD`,
    );

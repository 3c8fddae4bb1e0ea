// The results in a few lines, for the top of the page. Leaves out what was not measured. Pure.

import {tenKB} from './mail.ts';
import {lineName} from './receivers/line.ts';
import type {BenchResults} from './results.ts';
import {numberText} from './table.ts';

const pool = "nodemailer's pool";

export const headlineOf = (results: BenchResults): string =>
  [...speedLines(results), ...drainLines(results), ...costLines(results)].join('\n');

const speedLines = ({speed = []}: BenchResults): readonly string[] =>
  speed.flatMap(({rows, ...scenario}) => {
    const [own, other] = ['relayq', pool].map(subject => rows.find(row => row.subject === subject));
    if (scenario.security !== 'plain' || scenario.kind === 'postfix' || !own || !other) return [];
    const {roundTripMs, connections} = scenario;
    const many = `${connections} ${connections === 1 ? 'connection' : 'connections'}`;
    const where = `${lineName(scenario)}, ${roundTripMs} ms, ${many}`;
    const rate = `${numberText(own.messagesPerSecond, 0)} messages a second`;
    return [`- **${where}**: ${rate}, ${numberText(other.relayqSpeed, 2)} times what ${pool} delivers`];
  });

const drainLines = ({drain = []}: BenchResults): readonly string[] =>
  drain.slice(0, 1).map(({messages, lanes, seconds, basis}) => {
    const known = basis === 'all' ? '' : ' (extrapolated)';
    return `- **A backlog of ${numberText(messages, 0)} messages**, ${lanes} lanes, 50 ms: ${numberText(seconds, 0)} s${known}`;
  });

const costLines = ({cost = []}: BenchResults): readonly string[] =>
  cost
    .filter(
      ({mailOctets, deferredShare, resultKinds}) =>
        mailOctets === tenKB && deferredShare === 0 && resultKinds === 2,
    )
    .map(
      ({roundTripMs, transfer, cost: {usd}}) =>
        `- **A million messages** of 10 KB at ${roundTripMs} ms, ${transfer.toUpperCase()}: ${numberText(usd, 2)} USD`,
    );

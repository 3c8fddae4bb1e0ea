// The figure of the report: how fast everyone is, and what makes up the cost. Pure.

import type {SpeedScenario} from './cases/speed.ts';
import {sizeName} from './mail.ts';
import {lineName} from './receivers/line.ts';
import type {BenchResults} from './results.ts';
import {type Chart, svgOf} from './svg.ts';
import {numberText} from './table.ts';

export const figureOf = ({speed = [], cost = []}: BenchResults): string =>
  svgOf([...speedChart(speed), ...costChart(cost)]);

const reference = "nodemailer's pool";

/** Multiples of the pool's speed: absolute speeds at 0 and 20 ms would not fit one scale. */
function speedChart(scenarios: readonly SpeedScenario[]): readonly Chart[] {
  const subjects = [...new Set(scenarios.flatMap(({rows}) => rows.map(({subject}) => subject)))];
  const groups = scenarios.flatMap(({rows, ...scenario}) => {
    const {roundTripMs, connections, receiver} = scenario;
    const pool = rows.find(({subject}) => subject === reference);
    if (pool === undefined) return [];
    return {
      label: `${roundTripMs} ms, ${connections} conn., ${lineName(scenario)}, ${receiver}`,
      bars: rows.map(row => {
        // Relayq's speed over the pool's, divided by relayq's speed over this one's.
        const times = pool.relayqSpeed / row.relayqSpeed;
        return {
          label: row.subject,
          parts: [{value: times, series: subjects.indexOf(row.subject)}],
          text: `${numberText(times, 2)} × (${numberText(row.messagesPerSecond, 0)}/s)`,
        };
      }),
    };
  });
  if (groups.length === 0) return [];
  return [
    {title: "Messages a second, as multiples of nodemailer's pool", groups, mark: {value: 1, label: 'pool'}},
  ];
}

function costChart(scenarios: NonNullable<BenchResults['cost']>): readonly Chart[] {
  const [first] = scenarios;
  if (first === undefined) return [];
  const bars = scenarios.map(({roundTripMs, mailOctets, deferredShare, transfer, resultKinds, cost}) => ({
    label: [
      `${sizeName(mailOctets)}, ${roundTripMs} ms, ${transfer.toUpperCase()}`,
      ...(deferredShare > 0 ? [`${100 * deferredShare} % deferred`] : []),
      ...(resultKinds === 1 ? ['one result'] : []),
    ].join(', '),
    parts: cost.terms.map(({usd}, series) => ({value: usd, series})),
    text: `${numberText(cost.usd, 2)} USD`,
  }));
  const ses = numberText(first.cost.ses.usd, 0);
  return [
    {
      title: 'What a million messages cost, by term',
      legend: first.cost.terms.map(({name}) => name),
      groups: [{label: `through a smarthost (Amazon SES: ${ses} USD)`, bars}],
    },
  ];
}

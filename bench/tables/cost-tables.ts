// What it costs. Pure.

import type {CostScenario} from '../cases/cost.ts';
import type {DirectCost} from '../cases/direct-cost.ts';
import type {StandingCosts} from '../cases/standing.ts';
import {million} from '../cost.ts';
import {sizeName, tenKB} from '../mail.ts';
import {listPrices} from '../prices.ts';
import {breakEvenOf, serverTermsOf, usdOf, volumeOf} from '../standing.ts';
import {numberText, type Table} from '../table.ts';

const usd = (value: number): string => numberText(value, value < 10 ? 3 : 2);
const percent = (share: number): string => `${100 * share} %`;

const scenarioName = ({
  transfer,
  mailOctets,
  roundTripMs,
  deferredShare,
  resultKinds,
}: CostScenario): string =>
  [
    `${sizeName(mailOctets)} ${roundTripMs} ms ${transfer.toUpperCase()}`,
    ...(deferredShare > 0 ? [`${percent(deferredShare)} deferred`] : []),
    ...(resultKinds === 1 ? ['one result'] : []),
  ].join(', ');

export function costTable(scenarios: readonly CostScenario[]): Table {
  const line = (name: string, of: (scenario: CostScenario) => number) => [
    name,
    ...scenarios.map(each => usd(of(each))),
  ];
  const terms = scenarios[0]!.cost.terms.map(({name}, index) =>
    line(name, ({cost}) => cost.terms[index]!.usd),
  );
  return {
    title: 'Cost of a million messages through a smarthost, USD',
    head: ['', ...scenarios.map(scenarioName)],
    rows: [
      ...terms,
      line('relayq, in all', ({cost}) => cost.usd),
      line('on top, if the smarthost is outside AWS', ({cost}) => cost.transferUsd),
      line('Amazon SES instead', ({cost}) => cost.ses.usd),
      line("on top, SES's price for data", ({cost}) => cost.ses.transferUsd),
    ],
  };
}

export function directCostTable(costs: readonly DirectCost[]): Table {
  const line = (name: string, of: (cost: DirectCost) => number) => [
    name,
    ...costs.map(each => usd(of(each))),
  ];
  const passing = costs[0]!.passing.map(({name}, index) => line(name, each => each.passing[index]!.usd));
  return {
    title: 'Cost of a million messages of 10 KB by direct delivery, each to a domain of its own, USD',
    head: ['', ...costs.map(({roundTripMs}) => `${roundTripMs} ms`)],
    rows: [
      line('relayq', ({cost}) => cost.usd),
      ...passing,
      line('in all', ({cost, passing: terms}) => cost.usd + usdOf(terms)),
    ],
    notes: [
      'The NAT gateway and its address are paid by the month besides.',
      ...costs.slice(0, 1).map(deadNote),
    ],
  };
}

const deadNote = ({dead: {domains, among, usd: paid}}: DirectCost): string =>
  `With 1 % of ${numberText(among, 0)} domains dead, one message to each of those ${numberText(domains, 0)} costs ${numberText(paid, 2)} USD until it is given up after a day (simulated). It grows with time more than with their number: few functions wait for them at the same time.`;

const volumes = [100_000, 1_000_000, 10_000_000, 100_000_000];

/** @param scenarios of which the usual one counts */
export function standingTables(
  {idle, nat, keys, waiting}: StandingCosts,
  scenarios: readonly CostScenario[],
): readonly Table[] {
  const rows = (name: string, terms: readonly {readonly name: string; readonly usd: number}[]) =>
    terms.map(term => [name, term.name, numberText(term.usd, 2)]);
  const standing: Table = {
    title: 'By the month, USD, whether mail is sent or not',
    head: ['for', '', 'USD'],
    rows: [
      ...rows('an idle stack', idle),
      ...rows('direct delivery', nat),
      ...rows('secrets', keys),
      ...rows('a small server instead', serverTermsOf(listPrices)),
    ],
  };
  const waitingTable: Table = {
    title: 'A day of a million messages that wait, USD',
    head: ['a message', 'USD a day'],
    rows: waiting.map(({mailOctets, usdPerDay}) => [sizeName(mailOctets), numberText(usdPerDay, 1)]),
  };
  const usual = scenarios.find(
    ({mailOctets, deferredShare, transfer, resultKinds}) =>
      mailOctets === tenKB && deferredShare === 0 && transfer === 'chunking' && resultKinds === 2,
  );
  return [standing, waitingTable, ...(usual ? [volumeTable(usual, usdOf(idle))] : [])];
}

function volumeTable({roundTripMs, cost}: CostScenario, idleUsd: number): Table {
  const perUsd = (messages: number, paid: number) => numberText(messages / paid, 0);
  const breakEven = breakEvenOf(cost.usd, idleUsd, listPrices) / million;
  return {
    title: `Next to a small server: 10 KB, ${roundTripMs} ms, CHUNKING`,
    head: [
      'messages a month',
      'relayq, USD',
      'messages per USD',
      't4g.small, USD',
      'messages per USD',
      'Amazon SES, USD',
    ],
    rows: volumes.map(messages => {
      const volume = volumeOf(messages, {usdPerMillion: cost.usd, idleUsd}, listPrices);
      return [
        numberText(messages, 0),
        numberText(volume.relayqUsd, 2),
        perUsd(messages, volume.relayqUsd),
        numberText(volume.serverUsd, 2),
        perUsd(messages, volume.serverUsd),
        numberText(volume.sesUsd, 0),
      ];
    }),
    notes: [
      `One server is cheaper from ${numberText(breakEven, 1)} million messages a month on. It is one: no second one takes over, and nobody's time to keep it is in its price.`,
    ],
  };
}

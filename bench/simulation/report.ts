// What the simulation found, as tables and as a picture. Pure.

import {type Chart, svgOf} from '../svg.ts';
import {numberText, type Table} from '../table.ts';
import {type CrowdRun, othersName} from './crowd.ts';
import type {Outage} from './outage.ts';
import type {Tarpits} from './tarpits.ts';

interface Checks {
  readonly tarpits: Tarpits;
  readonly refusing: Outage;
}

export interface NamedCrowd {
  readonly name: string;
  readonly run: CrowdRun;
}

export interface NamedOutage {
  readonly name: string;
  readonly trouble: string;
  readonly outage: Outage;
}

export interface Findings {
  readonly checks: Checks;
  readonly crowds: readonly NamedCrowd[];
  readonly outages: readonly NamedOutage[];
}

/**
 * Of the local cloud on two cores: 60 domains that never greet with 20 messages each, at a concurrency of 50, and one
 * message a second to healthy ones for 200 s; and a smarthost that refuses connections for 120 s, with 2,000 messages
 * to 200 recipients queued. There each environment is a process that has to start, and they share the two cores.
 */
const measured = {
  tarpits: {undelivered: 0, p50: 0.03, p95: 15.88, max: 24.82, tries: 237, busySeconds: 1880},
  refusing: {first: 3.5, half: 7.5, last: 13.9, attemptsUsedUp: 0, inversions: 50},
} as const;

const tarpitNames: Readonly<Record<keyof Tarpits, string>> = {
  undelivered: 'healthy messages not delivered',
  p50: 'delay of the healthy: half, s',
  p95: '95 %, s',
  max: 'the last, s',
  tries: 'connections to the silent',
  busySeconds: 'seconds of invocations',
};
const refusingNames = {
  first: 'first message after its return, s',
  half: 'half of them, s',
  last: 'all, s',
  attemptsUsedUp: 'attempts used up',
  inversions: 'messages out of the order of their recipient',
} as const;

export const tablesOf = ({checks, crowds, outages}: Findings): readonly Table[] => [
  checksTable(checks),
  delaysTable(crowds),
  costTable(crowds),
  outagesTable(outages),
];

function checksTable({tarpits, refusing}: Checks): Table {
  const row = (name: string, of: number, simulated: number | undefined) => [name, text(of), text(simulated)];
  const keys = <Key extends string>(names: Readonly<Record<Key, string>>) => Object.keys(names) as Key[];
  return {
    title: 'Measured and simulated',
    head: ['', 'measured', 'simulated'],
    rows: [
      ...keys(tarpitNames).map(key =>
        row(`silent domains: ${tarpitNames[key]}`, measured.tarpits[key], tarpits[key]),
      ),
      ...keys(refusingNames).map(key =>
        row(`smarthost refuses: ${refusingNames[key]}`, measured.refusing[key], refusing[key]),
      ),
    ],
  };
}

function delaysTable(crowds: readonly NamedCrowd[]): Table {
  return {
    title: 'Delays, in seconds',
    head: ['', 'receivers', 'messages', 'delivered', 'half', '99 %', 'the last'],
    rows: crowds.flatMap(({name, run}) =>
      run.classes.map(({name: receivers, sent, accepted, p50, p99, max}) => [
        name,
        receivers,
        count(sent),
        count(accepted),
        text(p50),
        text(p99),
        text(max),
      ]),
    ),
  };
}

const costTable = (crowds: readonly NamedCrowd[]): Table => ({
  title: 'What it takes',
  head: [
    '',
    'others drained, min',
    'all delivered, min',
    'given up',
    'SQS requests',
    'DynamoDB units',
    'GB-seconds',
    'USD until the others are drained',
    'USD in all',
  ],
  rows: crowds.map(({name, run}) => [
    name,
    text(run.othersMinutes),
    text(run.acceptedMinutes),
    count(run.expired),
    count(run.sqsRequests),
    count(run.dynamoDbUnits),
    count(run.gbSeconds),
    numberText(run.othersUsd, 2),
    numberText(run.usd, 2),
  ]),
});

const outagesTable = (outages: readonly NamedOutage[]): Table => ({
  title: 'A smarthost in trouble',
  head: [
    '',
    'it',
    'first, s',
    'all lanes, s',
    'half, s',
    'all, s',
    'lanes take at least, s',
    'attempts used up',
    'out of order',
    'tries in vain',
    'SQS requests',
    'USD',
  ],
  rows: outages.map(({name, trouble, outage}) => [
    name,
    trouble,
    text(outage.first),
    text(outage.lanes),
    text(outage.half),
    text(outage.last),
    text(outage.least),
    count(outage.attemptsUsedUp),
    count(outage.inversions),
    count(outage.probes),
    count(outage.requests),
    numberText(outage.usd, 2),
  ]),
});

/** How long the others wait, and who waits where while one receiver has nearly all of the mail. */
export const pictureOf = ({crowds}: Findings): string =>
  svgOf([
    {
      title: 'Delay of the mail to domains without trouble, in seconds',
      groups: crowds.map(({name, run}) => {
        const others = run.classes.find(each => each.name === othersName);
        const bars = [
          ['half', others?.p50],
          ['99 %', others?.p99],
          ['the last', others?.max],
        ] as const;
        return {
          label: name,
          bars: bars.map(([label, value = 0]) => ({
            label,
            parts: [{value, series: 0}],
            text: `${text(value)} s`,
          })),
        };
      }),
    },
    ...crowds.slice(-1).map(placesChart),
  ]);

const places = ['outbox', 'waiting', 'fast', 'slow'] as const;
const moments = 12;

function placesChart({name, run}: NamedCrowd): Chart {
  // After that there is nothing but mail to dead domains.
  const samples = run.samples.filter(({minute}) => minute <= run.acceptedMinutes);
  const shown = Array.from(
    {length: moments},
    (_, index) => samples[Math.round((index * (samples.length - 1)) / (moments - 1))]!,
  );
  return {
    title: `Where messages are: ${name}`,
    legend: ['outbox', 'waiting, waiting-soon', 'delivery.fifo', 'delivery-slow.fifo'],
    groups: [
      {
        label: 'after so many minutes',
        bars: shown.map(sample => ({
          label: numberText(sample.minute, 0),
          parts: places.map((place, series) => ({value: sample[place], series})),
          text: count(places.reduce((sum, place) => sum + sample[place], 0)),
        })),
      },
    ],
  };
}

const text = (value: number | undefined): string =>
  numberText(value, value !== undefined && (Number.isInteger(value) || value >= 100) ? 0 : 1);
const count = (value: number): string => numberText(value, 0);

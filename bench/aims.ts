// The figures that the project aims at, next to those that were measured. Pure.

import type {CostScenario} from './cases/cost.ts';
import {tenKB} from './mail.ts';
import type {BenchResults} from './results.ts';

export interface Aim {
  readonly aim: string;
  readonly got: number;
  readonly most?: number;
  readonly least?: number;
  readonly unit: string;
  readonly met: boolean;
}

type Candidate = Omit<Aim, 'met' | 'got'> & {readonly got: number | undefined};

/** Leaves out what was not measured. */
export function aimsOf(results: BenchResults): readonly Aim[] {
  const candidates = [
    ...speedAims(results),
    ...bundleAims(results),
    ...costAims(results),
    ...scaleAims(results),
  ];
  return candidates.flatMap(({got, ...aim}) => {
    if (got === undefined || !Number.isFinite(got)) return [];
    const met =
      got <= (aim.most ?? Number.POSITIVE_INFINITY) && got >= (aim.least ?? Number.NEGATIVE_INFINITY);
    return [{...aim, got, met}];
  });
}

function speedAims({speed = []}: BenchResults): readonly Candidate[] {
  const row = (roundTripMs: number, connections: number, subject: string) =>
    speed
      .find(
        each =>
          each.security === 'plain' && each.roundTripMs === roundTripMs && each.connections === connections,
      )
      ?.rows.find(each => each.subject === subject);
  const pool = "nodemailer's pool";
  const times = 'times';
  return [
    {
      aim: "speed next to nodemailer's pool, 0 ms, 10 connections",
      got: row(0, 10, pool)?.relayqSpeed,
      least: 2.5,
      unit: times,
    },
    ...[1, 10].map(connections => ({
      aim: `speed next to nodemailer's pool, 20 ms, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
      got: row(20, connections, pool)?.relayqSpeed,
      least: 1.9,
      unit: times,
    })),
    ...[1, 10].map(connections => ({
      aim: `CPU for a message next to nodemailer's pool, 0 ms, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
      got: row(0, connections, pool)?.relayqCpu,
      most: 1 / 3,
      unit: times,
    })),
    {
      aim: 'speed next to Postfix relaying, 0 ms, 10 connections',
      got: row(0, 10, 'Postfix')?.relayqSpeed,
      least: 5,
      unit: times,
    },
  ];
}

function bundleAims({coldStart = []}: BenchResults): readonly Candidate[] {
  const of = (bundle: string) => coldStart.find(row => row.bundle === bundle);
  const deliver = of('deliver');
  const naive = of('naive');
  return [
    {aim: "size of deliver's bundle", got: deliver && deliver.octets / 1000, most: 600, unit: 'KB'},
    {
      aim: "deliver's load time next to that of the naive bundle",
      got: deliver && naive && deliver.loadMs / naive.loadMs,
      most: 2 / 3,
      unit: 'times',
    },
  ];
}

const isPlainCost = ({roundTripMs, mailOctets, deferredShare}: CostScenario): boolean =>
  roundTripMs === 20 && mailOctets === tenKB && deferredShare === 0;

const costAims = ({cost = []}: BenchResults): readonly Candidate[] => [
  {
    aim: 'a million messages of 10 KB, 20 ms, none deferred',
    got: cost.find(isPlainCost)?.cost.usd,
    most: 2.5,
    unit: 'USD',
  },
];

function scaleAims({scale = []}: BenchResults): readonly Candidate[] {
  const [first, last] = [scale[0], scale.at(-1)];
  if (first === undefined || last === undefined) return [];
  const grown = `${count(first.messages)} to ${count(last.messages)} messages`;
  return [
    {
      aim: `billed time for a message, from ${grown}`,
      got: last.billedMsPerThousand / first.billedMsPerThousand,
      most: 1.1,
      unit: 'times',
    },
    {aim: `peak memory, from ${grown}`, got: last.peakMB / first.peakMB, most: 1.2, unit: 'times'},
  ];
}

const count = (value: number): string => value.toLocaleString('en-US');

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

const roundTripMs = 20;
const times = 'times';
const connectionsText = (count: number): string => `${count} ${count === 1 ? 'connection' : 'connections'}`;

function speedAims({speed = []}: BenchResults): readonly Candidate[] {
  /** To a receiver that is fast: Postfix writes each message to the disk. */
  const poolIn = (transfer: string, connections: number) =>
    speed
      .find(
        each =>
          each.kind !== 'postfix' &&
          each.security === 'plain' &&
          each.transfer === transfer &&
          each.roundTripMs === roundTripMs &&
          each.connections === connections,
      )
      ?.rows.find(({subject}) => subject === "nodemailer's pool");
  const bounds = [
    ['chunking', 1, 6],
    ['chunking', 10, 4],
    ['data', 1, 1.7],
    ['data', 10, 1.7],
  ] as const;
  return [
    ...bounds.map(([transfer, connections, least]) => ({
      aim: `speed next to nodemailer's pool, ${roundTripMs} ms, ${connectionsText(connections)}, ${transfer.toUpperCase()}`,
      got: poolIn(transfer, connections)?.relayqSpeed,
      least,
      unit: times,
    })),
    {
      aim: `CPU for a message next to nodemailer's pool, ${roundTripMs} ms, 10 connections, CHUNKING`,
      got: poolIn('chunking', 10)?.relayqCpu,
      most: 1,
      unit: times,
    },
  ];
}

function bundleAims({coldStart = []}: BenchResults): readonly Candidate[] {
  const of = (bundle: string) => coldStart.find(row => row.bundle === bundle);
  const deliver = of('deliver');
  const naive = of('naive');
  return [
    {aim: "size of deliver's bundle", got: deliver && deliver.octets / 1000, most: 470, unit: 'KB'},
    {
      aim: "deliver's load time next to that of the naive bundle",
      got: deliver && naive && deliver.loadMs / naive.loadMs,
      most: 0.62,
      unit: times,
    },
  ];
}

function costAims({cost = []}: BenchResults): readonly Candidate[] {
  const usdAt = (ms: number, transfer: string, resultKinds: number) => {
    const isIt = (each: CostScenario) =>
      each.roundTripMs === ms &&
      each.transfer === transfer &&
      each.resultKinds === resultKinds &&
      each.mailOctets === tenKB &&
      each.deferredShare === 0;
    return cost.find(isIt)?.cost.usd;
  };
  const bounds = [
    [20, 'chunking', 2, 0.9],
    [50, 'chunking', 2, 0.95],
    [20, 'chunking', 1, 0.75],
    [50, 'chunking', 1, 0.75],
    [20, 'data', 2, 1.15],
    [50, 'data', 2, 1.4],
  ] as const;
  return bounds.map(([ms, transfer, kinds, most]) => ({
    aim: `a million messages of 10 KB, ${ms} ms, ${transfer.toUpperCase()}${kinds === 1 ? ', one kind of result' : ''}`,
    got: usdAt(ms, transfer, kinds),
    most,
    unit: 'USD',
  }));
}

function scaleAims({scale = []}: BenchResults): readonly Candidate[] {
  const [first, last] = [scale[0], scale.at(-1)];
  if (first === undefined || last === undefined) return [];
  const grown = `${count(first.messages)} to ${count(last.messages)} messages`;
  return [
    {
      aim: `billed time for a message, from ${grown}`,
      got: last.billedMsPerThousand / first.billedMsPerThousand,
      most: 1.1,
      unit: times,
    },
    {aim: `peak memory, from ${grown}`, got: last.peakMB / first.peakMB, most: 1.2, unit: times},
  ];
}

const count = (value: number): string => value.toLocaleString('en-US');

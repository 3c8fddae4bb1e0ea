// What a stage costs by the month while there is no mail. Pure.

/** List prices in USD, us-east-1. */
const usd = {
  standardRequests: 0.4 / 1_000_000,
  fifoRequests: 0.5 / 1_000_000,
  alarmMetric: 0.1,
  dashboard: 3,
  natHour: 0.045,
  addressHour: 0.005,
} as const;

const hours = 730;
/** Lambda polls each queue that a function takes from, in five at a time, for 20 s each. */
const pollsPerQueue = (5 * hours * 3600) / 20;

/** Of the stack; a test compares them with what is synthesised. */
export const stackFacts = {standardQueues: 3, fifoQueues: 2, alarmMetrics: 33} as const;
/** More of them with direct delivery. */
export const directAlarmMetrics = 1;

export interface CostTerm {
  readonly what: string;
  readonly usd: number;
}

export function idleCostOf({directMx}: {readonly directMx: boolean}): readonly CostTerm[] {
  const {standardQueues, fifoQueues} = stackFacts;
  const requests = standardQueues * usd.standardRequests + fifoQueues * usd.fifoRequests;
  const metrics = stackFacts.alarmMetrics + (directMx ? directAlarmMetrics : 0);
  return [
    {what: `Lambda's polling of ${standardQueues + fifoQueues} queues`, usd: pollsPerQueue * requests},
    {what: `alarms on ${metrics} metrics`, usd: metrics * usd.alarmMetric},
    ...(directMx
      ? [
          {what: 'the NAT gateway', usd: hours * usd.natHour},
          {what: 'its address', usd: hours * usd.addressHour},
        ]
      : []),
  ];
}

export const usdOfDashboard = usd.dashboard;

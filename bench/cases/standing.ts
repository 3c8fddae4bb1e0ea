// What is paid by the month: read off the stack that was synthesised. And what mail that waits costs a day.

import {parseTemplate} from '../../local/template/template.ts';
import type {BenchContext} from '../bench-context.ts';
import {type Term, usdOfRound} from '../cost.ts';
import {account} from '../function-rig.ts';
import {hundredKB, mimeOf, outboxBodyOf, recipientOf, tenKB} from '../mail.ts';
import {batchSize} from '../peers/deliver.ts';
import {listPrices} from '../prices.ts';
import {idleTermsOf, keyTermsOf, natTermsOf, type StackFacts} from '../standing.ts';
import {measureRoute} from './route-use.ts';

export interface StandingCosts {
  readonly idle: readonly Term[];
  readonly nat: readonly Term[];
  readonly keys: readonly Term[];
  /** A day of a million messages that wait. */
  readonly waiting: readonly {readonly mailOctets: number; readonly usdPerDay: number}[];
}

/** SQS delays a message for 15 minutes at most. */
const roundsPerDay = 96;
const waitingSizes = [2 * 1024, tenKB, hundredKB];

export async function measureStandingCosts(context: BenchContext): Promise<StandingCosts> {
  const waiting: {readonly mailOctets: number; readonly usdPerDay: number}[] = [];
  for (const mailOctets of waitingSizes) {
    context.progress(`cost: mail that waits, ${mailOctets / 1024} KB`);
    const use = await measureRoute(mailOctets, context, {isDue: false});
    const octets = Buffer.byteLength(outboxBodyOf(recipientOf(1), mimeOf(mailOctets)));
    waiting.push({mailOctets, usdPerDay: roundsPerDay * usdOfRound(use, octets, batchSize, listPrices)});
  }
  return {
    idle: idleTermsOf(factsOf(context), listPrices),
    nat: natTermsOf(listPrices),
    keys: keyTermsOf({environments: 10, secrets: 2}, listPrices),
    waiting,
  };
}

interface Alarm {
  readonly Type: string;
  readonly Properties?: {readonly Metrics?: readonly {readonly MetricStat?: unknown}[]};
}

function factsOf({assembly}: BenchContext): StackFacts {
  const {eventSourceMappings} = parseTemplate(assembly.template, assembly.assets, {
    ...account,
    stackName: assembly.stackName,
    queueUrlOf: name => `http://127.0.0.1/${account.accountId}/${name}`,
  });
  const fifoQueues = eventSourceMappings.filter(({queueName}) => queueName.endsWith('.fifo')).length;
  const {Resources: resources} = assembly.template as {readonly Resources: Readonly<Record<string, Alarm>>};
  const alarms = Object.values(resources).filter(({Type: type}) => type === 'AWS::CloudWatch::Alarm');
  const alarmMetrics = alarms.reduce((sum, {Properties: {Metrics: metrics} = {}}) => {
    const watched = metrics?.filter(({MetricStat: stat}) => stat !== undefined).length;
    return sum + (watched ?? 1);
  }, 0);
  return {fifoQueues, standardQueues: eventSourceMappings.length - fifoQueues, alarmMetrics};
}

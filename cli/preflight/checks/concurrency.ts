// Whether the account may run as many functions at the same time as the stage. A young account has ten.

import {GetAccountSettingsCommand} from '@aws-sdk/client-lambda';
import {
  fittingConcurrency,
  leastConcurrency,
  mostExecutionsOf,
  type StageConcurrency,
} from '../../../shared/stage-concurrency.ts';
import {countOf} from '../../terminal/printable.ts';
import type {Check} from '../check.ts';

const moreOfIt =
  'aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000';
const least: StageConcurrency = {route: leastConcurrency, deliver: leastConcurrency, slow: leastConcurrency};

export const concurrency: Check = {
  name: 'concurrency',
  needsPermission: true,
  async look({clients, signal, concurrency: wanted}) {
    const lambda = await clients.lambda();
    const {AccountLimit: {ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: free = 0} = {}} =
      await lambda.send(new GetAccountSettingsCommand({}), {abortSignal: signal});
    const needed = mostExecutionsOf(wanted);
    const text =
      `the account may run ${countOf(all, 'function')} at the same time, ${free.toLocaleString('en')} of ` +
      `them not reserved; the stage may use ${needed.toLocaleString('en')}`;
    if (needed <= free) return {verdict: 'ok', text};
    const fitting = fittingConcurrency(wanted, free);
    if (fitting !== undefined)
      return {
        verdict: 'problem',
        text: `${text}: what is over waits for minutes, and is dead mail after two days`,
        todo: [`until there are more, deploy with ${optionsOf(fitting)}`, moreOfIt],
      };
    const leastText = `${optionsOf(least)} may use ${mostExecutionsOf(least)}`;
    // Of these, one is the keeper, which runs for seconds each five minutes.
    const isNear = free >= mostExecutionsOf(least) - 1;
    return {
      verdict: isNear && needed === mostExecutionsOf(least) ? 'warning' : 'problem',
      text: isNear ? `${text}; the least that can be, ${leastText}` : `${text}; even ${leastText}`,
      todo: [...(isNear ? [`until there are more, deploy with ${optionsOf(least)}`] : []), moreOfIt],
    };
  },
};

const optionsOf = ({route, deliver, slow}: StageConcurrency): string =>
  `-c routeConcurrency=${route} -c deliverConcurrency=${deliver} -c slowConcurrency=${slow}`;

// What a stage has in AWS beside its stack, and the removing of what a run has made. Names are compared whole: those of another
// stage may begin in the same way.

import {DescribeLogGroupsCommand} from '@aws-sdk/client-cloudwatch-logs';
import {DeleteQueueCommand, paginateListQueues} from '@aws-sdk/client-sqs';
import {DeleteParameterCommand, paginateDescribeParameters} from '@aws-sdk/client-ssm';
import {logGroupOf, logGroupsOf, namesOf, queuesOf} from '../../shared/names.ts';
import {awsProblemOf} from '../aws/aws-problem.ts';
import type {Context} from '../command/context.ts';
import {printable} from '../terminal/printable.ts';
import type {Deployment} from './deployment.ts';
import {isProbe} from './probe-queue.ts';

async function queueUrls({clients, stage, signal}: Context): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  const query = {QueueNamePrefix: `relayq-${stage}-`};
  for await (const {QueueUrls = []} of paginateListQueues({client: clients.sqs, pageSize: 1000}, query, {
    abortSignal: signal,
  }))
    for (const url of QueueUrls) urls.set(url.slice(url.lastIndexOf('/') + 1), url);
  return urls;
}

/** The stage's own queues that are there, and those that runs have made. */
export async function leftQueues(context: Context): Promise<readonly string[]> {
  const own = queuesOf(namesOf(context.stage));
  return [...(await queueUrls(context)).keys()].filter(
    name => own.includes(name) || isProbe(context.stage, name),
  );
}

export async function leftLogGroups({clients, stage}: Context): Promise<readonly string[]> {
  const names = namesOf(stage);
  const own = logGroupsOf(names);
  const command = new DescribeLogGroupsCommand({logGroupNamePrefix: logGroupOf(`${names.stack}-`)});
  const {logGroups = []} = await clients.logs.send(command);
  return logGroups.map(({logGroupName = ''}) => logGroupName).filter(name => own.includes(name));
}

export async function leftParameters({clients, stage}: Context): Promise<readonly string[]> {
  const names: string[] = [];
  const Values = [`/relayq/${stage}`];
  const query = {ParameterFilters: [{Key: 'Path', Option: 'Recursive', Values}]};
  for await (const {Parameters = []} of paginateDescribeParameters(
    {client: clients.ssm, pageSize: 50},
    query,
  ))
    for (const {Name} of Parameters) if (Name !== undefined) names.push(Name);
  return names;
}

/**
 * Removes all that a run has made, as far as that goes.
 * @param context its signal is not aborted, as cleaning comes after Ctrl-C too
 * @returns what is left, in words
 */
export async function clean(
  context: Context,
  deployment: Deployment | undefined,
): Promise<readonly string[]> {
  const left: string[] = [];
  const attempt = async (what: string, task: () => Promise<unknown>) => {
    try {
      await task();
    } catch (error) {
      left.push(`${what}: ${printable(awsProblemOf(error as Error))}`);
    }
  };
  const {clients, stage} = context;
  if (deployment !== undefined) await attempt(`the stack ${namesOf(stage).stack}`, deployment.destroy);
  await attempt('queues of a run', async () => {
    for (const [name, url] of await queueUrls(context))
      if (isProbe(stage, name))
        await attempt(`the queue ${name}`, () => clients.sqs.send(new DeleteQueueCommand({QueueUrl: url})));
  });
  await attempt('settings', async () => {
    for (const Name of await leftParameters(context))
      await attempt(`the parameter ${Name}`, () => clients.ssm.send(new DeleteParameterCommand({Name})));
  });
  return left;
}

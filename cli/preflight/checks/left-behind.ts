// What an earlier stack of the stage has left: its names are taken, and CloudFormation would not make them again.

import {DescribeLogGroupsCommand} from '@aws-sdk/client-cloudwatch-logs';
import {DescribeTableCommand} from '@aws-sdk/client-dynamodb';
import {ListQueuesCommand} from '@aws-sdk/client-sqs';
import {logGroupOf, logGroupsOf, namesOf, queuesOf} from '../../../shared/names.ts';
import {childOf, itemsOf, textOf} from '../../aws/query-api.ts';
import {countOf} from '../../terminal/printable.ts';
import type {Check, Plan} from '../check.ts';

/** A stack in such a state has nothing yet. */
const withoutResources = ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE'];

export const leftBehind: Check = {
  name: 'left-behind',
  needsPermission: true,
  async look(plan) {
    const {stage} = plan;
    const {stack} = namesOf(stage);
    const [queues, tables, logGroups] = await Promise.all([
      leftQueues(plan),
      leftTables(plan),
      leftLogGroups(plan),
    ]);
    const taken = [...queues, ...tables, ...logGroups];
    if (taken.length === 0)
      return {verdict: 'ok', text: `no queue, table or log group of stage ${stage} is there`};
    const state = await stateOf(plan, stack);
    if (state !== undefined && !withoutResources.includes(state))
      return {verdict: 'ok', text: `stack ${stack} is there (${state}); a deployment changes it`};
    const counts = [
      countOf(queues.length, 'queue'),
      countOf(tables.length, 'table'),
      countOf(logGroups.length, 'log group'),
    ].filter(count => !count.startsWith('0 '));
    const [first, ...others] = taken;
    const examples = others.length === 0 ? first : `${first} and ${countOf(others.length, 'more', 'more')}`;
    return {
      verdict: 'problem',
      text: `there is no stack ${stack}, but ${counts.join(', ')} of its names: ${examples}. A deployment would fail`,
      todo: [`relayq adopt --stage ${stage} takes them back into a stack; or deploy another stage`],
    };
  },
};

async function leftQueues({stage, clients: {sqs}, signal}: Plan): Promise<readonly string[]> {
  const names = namesOf(stage);
  const own = new Set(queuesOf(names));
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const query = {QueueNamePrefix: `${names.stack}-`, MaxResults: 1000, ...(NextToken && {NextToken})};
    const page = await sqs.send(new ListQueuesCommand(query), {abortSignal: signal});
    found.push(...(page.QueueUrls ?? []).map(url => url.slice(url.lastIndexOf('/') + 1)));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found.filter(name => own.has(name));
}

async function leftTables({stage, clients: {dynamoDb}, signal}: Plan): Promise<readonly string[]> {
  const {state, receivers, suppressions} = namesOf(stage);
  const found = await Promise.all(
    [state, receivers, suppressions].map(async TableName => {
      try {
        await dynamoDb.send(new DescribeTableCommand({TableName}), {abortSignal: signal});
        return [TableName];
      } catch (error) {
        if ((error as Error).name === 'ResourceNotFoundException') return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

async function leftLogGroups({stage, clients: {logs}, signal}: Plan): Promise<readonly string[]> {
  const names = namesOf(stage);
  const own = logGroupsOf(names);
  const query = {logGroupNamePrefix: logGroupOf(`${names.stack}-`), limit: 50};
  const {logGroups = []} = await logs.send(new DescribeLogGroupsCommand(query), {abortSignal: signal});
  return logGroups.map(({logGroupName = ''}) => logGroupName).filter(name => own.includes(name));
}

/** Undefined where there is no such stack. */
async function stateOf({clients, signal}: Plan, stack: string): Promise<string | undefined> {
  const api = await clients.queryApi();
  try {
    const answer = await api.call('cloudformation', 'DescribeStacks', {StackName: stack}, signal);
    const [found] = itemsOf(childOf(answer, 'DescribeStacksResult'), 'Stacks');
    return found && textOf(found, 'StackStatus');
  } catch (error) {
    const {name, message} = error as Error;
    if (name === 'ValidationError' && /does not exist/.test(message)) return undefined;
    throw error;
  }
}

// Has some entries of a batch fail by no fault of the sender: they are left out of the call, and come back as failed (SQS,
// BatchResultErrorEntry) or as unprocessed (DynamoDB, BatchGetItem and BatchWriteItem).

import type {AwsRequest, AwsService} from '../endpoint/aws-service.ts';
import {isJsonObject} from '../json.ts';

interface Entry {
  readonly Id?: unknown;
}

interface Share {
  readonly share: number;
  readonly random: () => number;
}

/**
 * @param share how much of the batch fails, at least one entry
 * @param random chooses which ones
 */
export async function failPartly(
  request: AwsRequest,
  service: AwsService,
  {share, random}: Share,
): Promise<Record<string, unknown>> {
  if (isJsonObject(request.input.RequestItems)) return leaveUnprocessed(request, service, {share, random});
  const {Entries: given} = request.input;
  const entries = Array.isArray(given) ? (given as readonly Entry[]) : [];
  const failing = chosen(entries, Math.max(1, Math.round(share * entries.length)), random);
  const others = entries.filter(entry => !failing.has(entry));
  // The service refuses a batch without entries as a whole.
  if (failing.size === 0) return service.call(request);
  const done =
    others.length === 0 ? {} : await service.call({...request, input: {...request.input, Entries: others}});
  const failed = [...failing].map(({Id}) => ({
    Id,
    SenderFault: false,
    Code: 'InternalError',
    Message: 'We encountered an internal error. Please try again.',
  }));
  return {...done, Failed: [...((done.Failed as readonly Entry[] | undefined) ?? []), ...failed]};
}

/** "If none of the items can be processed …, then BatchGetItem returns a ProvisionedThroughputExceededException": here all may be left. */
async function leaveUnprocessed(request: AwsRequest, service: AwsService, {share, random}: Share) {
  const isRead = request.operation === 'BatchGetItem';
  const processed: Record<string, unknown> = {};
  const left: Record<string, unknown> = {};
  for (const [table, asked] of Object.entries(request.input.RequestItems as object)) {
    const list: readonly unknown[] = isRead ? asked.Keys : asked;
    const failing = chosen(list, Math.max(1, Math.round(share * list.length)), random);
    const others = list.filter(each => !failing.has(each));
    const withList = (those: readonly unknown[]) => (isRead ? {...asked, Keys: those} : those);
    if (others.length > 0) processed[table] = withList(others);
    left[table] = withList([...failing]);
  }
  const hasSome = Object.keys(processed).length > 0;
  const done = hasSome
    ? await service.call({...request, input: {...request.input, RequestItems: processed}})
    : {Responses: {}};
  return isRead ? {...done, UnprocessedKeys: left} : {UnprocessedItems: left};
}

function chosen<T>(items: readonly T[], count: number, random: () => number): ReadonlySet<T> {
  const left = [...items];
  const picked = new Set<T>();
  while (picked.size < count && left.length > 0) {
    for (const item of left.splice(Math.floor(random() * left.length), 1)) picked.add(item);
  }
  return picked;
}

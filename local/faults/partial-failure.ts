// Has some entries of a batch fail by no fault of the sender: they are left out of the call, and come back as failed (API
// Reference, BatchResultErrorEntry).

import type {AwsRequest, AwsService} from '../endpoint/aws-service.ts';

interface Entry {
  readonly Id?: unknown;
}

/**
 * @param share how much of the batch fails, at least one entry
 * @param random chooses which ones
 */
export async function failPartly(
  request: AwsRequest,
  service: AwsService,
  {share, random}: {readonly share: number; readonly random: () => number},
): Promise<Record<string, unknown>> {
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

function chosen<T>(items: readonly T[], count: number, random: () => number): ReadonlySet<T> {
  const left = [...items];
  const picked = new Set<T>();
  while (picked.size < count && left.length > 0) {
    for (const item of left.splice(Math.floor(random() * left.length), 1)) picked.add(item);
  }
  return picked;
}

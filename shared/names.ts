// What everything is called, for one stage: queues, functions, parameters, environment variables. Nothing else in the
// project spells a name, so the stack, the functions, the local cloud and the command line cannot disagree.

export const resultKinds = ['results', 'success', 'failure', 'retry'] as const;
export type ResultKind = (typeof resultKinds)[number];

/** The stage of the local cloud: there, mail may go to servers on this machine. */
export const localStage = 'local';

export const isStage = (stage: string): boolean => /^[a-z][a-z0-9-]{0,19}$/.test(stage);

export function namesOf(stage: string) {
  if (!isStage(stage))
    throw new RangeError(
      `stage ${JSON.stringify(stage)}: use a lower-case letter, then up to 19 lower-case letters, digits or hyphens`,
    );
  const name = (what: string) => `relayq-${stage}-${what}`;
  return {
    stack: `relayq-${stage}`,
    outbox: name('outbox'),
    outboxDlq: name('outbox-dlq'),
    /** Texts that are no messages, and too large to be quoted in their results. */
    outboxOversize: name('outbox-oversize'),
    /** Mail that is not due yet, or was deferred; results that their queues did not take. */
    waiting: name('waiting'),
    /** Of that, what waits under a minute or for a slot. */
    waitingSoon: name('waiting-soon'),
    /** Mail that is paused, or far from its delivery window: it lies there until the keeper takes it out. */
    held: name('held'),
    waitingDlq: name('waiting-dlq'),
    delivery: name('delivery.fifo'),
    /** Mail of receivers that are slow. */
    deliverySlow: name('delivery-slow.fifo'),
    deliveryDlq: name('delivery-dlq.fifo'),
    results: {
      results: name('results'),
      success: name('success'),
      failure: name('failure'),
      retry: name('retry'),
    },
    route: name('route'),
    deliver: name('deliver'),
    keeper: name('keeper'),
    /** The SSM path of the settings, with its closing slash. */
    parameterPath: `/relayq/${stage}/`,
    /** The SSM path of the DKIM keys, with its closing slash. Below it: `DOMAIN/SELECTOR`. */
    dkimPath: `/relayq-dkim/${stage}/`,
    /** Those of keys that sign nothing: not before the DNS shows them, and no more. */
    dkimPendingPath: `/relayq-dkim-pending/${stage}/`,
    dkimRetiredPath: `/relayq-dkim-retired/${stage}/`,
    /** The folder of the saved Logs Insights queries, with its closing slash. */
    savedQueries: `relayq/${stage}/`,
    dashboard: `relayq-${stage}`,
    /** The DynamoDB table of what execution environments have to know of each other. */
    state: name('state'),
    /** The DynamoDB table of receivers in trouble. */
    receivers: name('receivers'),
    /** The DynamoDB table of the suppression list. */
    suppressions: name('suppressions'),
  };
}
export type Names = Readonly<ReturnType<typeof namesOf>>;

/** The queues of a stage. */
export const queuesOf = ({results, ...names}: Names): readonly string[] => [
  names.outbox,
  names.outboxDlq,
  names.outboxOversize,
  names.waiting,
  names.waitingSoon,
  names.held,
  names.waitingDlq,
  names.delivery,
  names.deliverySlow,
  names.deliveryDlq,
  ...Object.values(results),
];

/** The log group of a function. */
export const logGroupOf = (functionName: string): string => `/aws/lambda/${functionName}`;

/** Those of a stage. */
export const logGroupsOf = ({route, deliver, keeper}: Names): readonly string[] =>
  [route, deliver, keeper].map(logGroupOf);

/** A queue that somebody makes to wait for results, and removes afterwards; `token` is eight hexadecimal digits. */
export const passingQueueOf = (stage: string, token: string): string =>
  `${namesOf(stage).results.results}-${token}`;

export const isPassingQueue = (name: string): boolean => /-results-[0-9a-f]{8}$/.test(name);

/** The attributes of the state table: its key, and when DynamoDB may delete an item, in seconds since the epoch. */
export const stateKey = 'id';
export const stateExpiry = 'expiresAt';

/** The key of the table of receivers: its partition and its sort key. */
export const receiversKey = {list: 'list', receiver: 'receiver'} as const;

/** The key of the suppression list: an address or a domain. It too has `stateExpiry`. */
export const suppressionKey = 'who';

/** Environment variables of the functions. Those that end in Url hold the URL of a queue, slowConcurrency a number. */
export const variables = {
  stage: 'RELAYQ_STAGE',
  outboxUrl: 'RELAYQ_OUTBOX_URL',
  outboxOversizeUrl: 'RELAYQ_OUTBOX_OVERSIZE_URL',
  waitingUrl: 'RELAYQ_WAITING_URL',
  waitingSoonUrl: 'RELAYQ_WAITING_SOON_URL',
  heldUrl: 'RELAYQ_HELD_URL',
  deliveryUrl: 'RELAYQ_DELIVERY_URL',
  deliverySlowUrl: 'RELAYQ_DELIVERY_SLOW_URL',
  deliveryDlqUrl: 'RELAYQ_DELIVERY_DLQ_URL',
  slowConcurrency: 'RELAYQ_SLOW_CONCURRENCY',
  resultsUrl: 'RELAYQ_RESULTS_URL',
  successUrl: 'RELAYQ_SUCCESS_URL',
  failureUrl: 'RELAYQ_FAILURE_URL',
  retryUrl: 'RELAYQ_RETRY_URL',
} as const;
export type Variable = keyof typeof variables;

/** What every function that settles mail needs. */
const ofMail = [
  'stage',
  'slowConcurrency',
  'waitingUrl',
  'waitingSoonUrl',
  'heldUrl',
  'deliveryUrl',
  'deliverySlowUrl',
  'resultsUrl',
  'successUrl',
  'failureUrl',
  'retryUrl',
] as const;
export type MailVariable = (typeof ofMail)[number];

/** The variables that each function needs: the stack gives it these, and it does not start without one of them. */
export const needs = {
  route: [...ofMail, 'outboxUrl', 'outboxOversizeUrl'],
  // The last two for one release: the version before would not start without them, should it meet this configuration.
  deliver: [...ofMail, 'deliveryDlqUrl', 'outboxUrl', 'outboxOversizeUrl'],
  keeper: ['stage', 'heldUrl', 'waitingSoonUrl'],
} as const satisfies Readonly<Record<string, readonly Variable[]>>;

/** Optional, for one release: SenderIds, with commas between them, whose results may wait on the outbox. */
export const formerSenders = 'RELAYQ_FORMER_SENDERS';

/** Optional, for development: how many seconds settings are kept, instead of 60. */
export const settingsMaxAge = 'RELAYQ_SETTINGS_MAX_AGE_S';

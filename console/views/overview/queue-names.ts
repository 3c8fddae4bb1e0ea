// Names of queues without what all of them begin with.

export const shortQueueOf = (name: string): string =>
  name.replace(/^relayq-[a-z0-9-]*?-(?=outbox|waiting|held|delivery|results|success|failure|retry)/, '');

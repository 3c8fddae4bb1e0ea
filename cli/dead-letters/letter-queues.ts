// The queues in which messages lie that need a person: dead letters, and invalid texts that are too large for a result.

import {namesOf} from '../../shared/names.ts';
import {UsageError} from '../command/problems.ts';

export interface LetterQueue {
  /** As SQS has it: `relayq-dev-outbox-dlq`. */
  readonly name: string;
  /** Without the stage: `outbox-dlq`. */
  readonly short: string;
  /** Where its messages may have come from; the first takes those of which nobody knows. None: they are not redriven. */
  readonly sources: readonly string[];
  /** SQS is told where to move messages: it does not know that of messages that a function has put there. */
  readonly mustNameSource: boolean;
  /** What failed at them, or what they are. */
  readonly culprit: 'route' | 'deliver' | undefined;
}

function letterQueuesOf(stage: string): readonly LetterQueue[] {
  const names = namesOf(stage);
  const queue = (name: string, sources: readonly string[], culprit: LetterQueue['culprit']): LetterQueue => ({
    name,
    short: name.slice(`relayq-${stage}-`.length),
    sources,
    mustNameSource: name === names.deliveryDlq,
    culprit,
  });
  return [
    queue(names.outboxDlq, [names.outbox], 'route'),
    queue(names.waitingDlq, [names.waiting, names.waitingSoon], 'route'),
    queue(names.deliveryDlq, [names.delivery, names.deliverySlow], 'deliver'),
    queue(names.outboxOversize, [], undefined),
  ];
}

/** Those that a command is about: the one that is named, with its stage or without, or all. @throws UsageError */
export function chosenQueues(stage: string, given: string | undefined): readonly LetterQueue[] {
  const queues = letterQueuesOf(stage);
  if (given === undefined) return queues;
  const chosen = queues.filter(({name, short}) => given === name || given === short);
  if (chosen.length > 0) return chosen;
  throw new UsageError(`--queue: one of ${queues.map(({short}) => short).join(', ')} is wanted`);
}

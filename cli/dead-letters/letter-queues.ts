// The queues in which messages lie that need a person: dead letters, and invalid texts that are too large for a result.

import {localStage, namesOf} from '../../shared/names.ts';

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
    queue(names.waitingDlq, [names.waiting, names.waitingSoon, names.held], 'route'),
    queue(names.deliveryDlq, [names.delivery, names.deliverySlow], 'deliver'),
    queue(names.outboxOversize, [], undefined),
  ];
}

/** As a person names them. */
export const queueNames: readonly string[] = letterQueuesOf(localStage).map(({short}) => short);

/** Those that a command is about: the one that is named, or all. */
export const chosenQueues = (stage: string, given: string | undefined): readonly LetterQueue[] =>
  letterQueuesOf(stage).filter(({short}) => given === undefined || short === given);

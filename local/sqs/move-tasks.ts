// Message move tasks: dead letters go back to where they came from, or to another queue (API Reference,
// StartMessageMoveTask). A source has one at a time, and it moves no faster than was asked.

import {randomUUID} from 'node:crypto';
import type {Store} from '../store/store.ts';
import {invalidParameter, invalidValue, queueDoesNotExist, resourceNotFound} from './errors.ts';
import type {Content} from './message.ts';
import type {Queue} from './queue.ts';

export interface MoveTask {
  readonly id: string;
  readonly sourceArn: string;
  readonly destinationArn?: string;
  readonly maxPerSecond?: number;
  readonly startedAt: number;
  readonly toMove: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  moved: number;
  failureReason?: string;
}

interface MoveTasksOptions {
  readonly now: () => number;
  readonly store: Store | undefined;
  readonly queueOfArn: (arn: string) => Queue | undefined;
  readonly queues: () => readonly Queue[];
}

const collection = 'sqs/moves';
const stepMs = 100;
/** The highest rate that can be asked for. Without one, AWS picks a rate itself. */
const greatestRate = 500;
/** "Up to 10 tasks" are listed. */
const mostListed = 10;

export class MoveTasks {
  readonly #options: MoveTasksOptions;
  /** Oldest first. */
  readonly #tasks: MoveTask[];
  readonly #timers = new Map<MoveTask, NodeJS.Timeout>();

  constructor(options: MoveTasksOptions) {
    this.#options = options;
    const kept = [...(options.store?.entries(collection) ?? [])].map(([, task]) => task as MoveTask);
    this.#tasks = kept.sort((a, b) => a.startedAt - b.startedAt);
    for (const task of this.#tasks) if (task.status === 'RUNNING') this.#run(task);
  }

  start(sourceArn: string, options: {destinationArn?: string; maxPerSecond?: number}): MoveTask {
    const {queueOfArn, queues, now} = this.#options;
    const source = queueOfArn(sourceArn);
    if (source === undefined) throw noSuchResource('SourceArn');
    const isDeadLetterQueue = queues().some(
      ({settings}) => settings.redrivePolicy?.deadLetterTargetArn === sourceArn,
    );
    if (!isDeadLetterQueue) throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    const {destinationArn, maxPerSecond} = options;
    if (destinationArn !== undefined) this.#checkDestination(source, destinationArn);
    if (maxPerSecond !== undefined && (maxPerSecond < 1 || maxPerSecond > greatestRate)) {
      throw invalidValue(
        maxPerSecond,
        'MaxNumberOfMessagesPerSecond',
        `Must be between 1 and ${greatestRate}.`,
      );
    }
    if (this.#tasks.some(task => task.sourceArn === sourceArn && task.status === 'RUNNING')) {
      throw invalidParameter(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    const task: MoveTask = {
      id: randomUUID(),
      sourceArn,
      startedAt: now(),
      toMove: source.counts.visible,
      status: 'RUNNING',
      moved: 0,
      ...options,
    };
    this.#tasks.push(task);
    this.#save(task);
    this.#run(task);
    return task;
  }

  /** The latest first. */
  list(sourceArn: string, most: number): readonly MoveTask[] {
    if (this.#options.queueOfArn(sourceArn) === undefined) throw noSuchResource('SourceArn');
    if (most < 1 || most > mostListed) {
      throw invalidValue(
        most,
        'MaxResults',
        `Value for parameter MaxResults must be between 1 and ${mostListed}.`,
      );
    }
    return this.#tasks
      .filter(task => task.sourceArn === sourceArn)
      .reverse()
      .slice(0, most);
  }

  /** What it has moved stays moved. */
  cancel(handle: string): MoveTask {
    const {taskId, sourceArn} = parseTaskHandle(handle);
    if (this.#options.queueOfArn(sourceArn) === undefined) throw noSuchResource('SourceArn');
    const task = this.#tasks.find(({id}) => id === taskId);
    if (task === undefined) throw resourceNotFound('Task does not exist.');
    if (task.status !== 'RUNNING') {
      throw invalidParameter('Only active tasks can be cancelled.');
    }
    this.#end(task, 'CANCELLED');
    return task;
  }

  close(): void {
    for (const timer of this.#timers.values()) clearInterval(timer);
    this.#timers.clear();
  }

  #checkDestination(source: Queue, arn: string): void {
    const destination = this.#options.queueOfArn(arn);
    if (destination === undefined) throw noSuchResource('DestinationArn');
    if (destination === source) {
      throw invalidParameter('Source queue arn and destination queue arn cannot be the same.');
    }
    if (destination.fifo !== source.fifo) {
      throw invalidParameter('Source and destination queues must be of the same type.');
    }
  }

  #run(task: MoveTask): void {
    const perStep = ((task.maxPerSecond ?? greatestRate) * stepMs) / 1000;
    let allowance = 0;
    const step = () => {
      allowance += perStep;
      for (; allowance >= 1 && task.status === 'RUNNING'; allowance--) this.#moveOne(task);
      this.#save(task);
    };
    this.#timers.set(task, setInterval(step, stepMs));
  }

  #moveOne(task: MoveTask): void {
    const {queueOfArn} = this.#options;
    let failureReason: string | undefined;
    const moved = queueOfArn(task.sourceArn)?.extract(content => {
      const destinationArn = task.destinationArn ?? content.sourceArn;
      const destination = destinationArn === undefined ? undefined : queueOfArn(destinationArn);
      if (destination) destination.accept(newMessageOf(content, this.#options.now()));
      else failureReason = destinationArn ? nonExistentQueue : 'CouldNotDetermineMessageSource';
      return destination !== undefined;
    });
    if (moved) task.moved++;
    if (failureReason !== undefined) this.#end(task, 'FAILED', failureReason);
    else if (!moved || task.moved >= task.toMove) this.#end(task, 'COMPLETED');
  }

  #end(task: MoveTask, status: MoveTask['status'], failureReason?: string): void {
    clearInterval(this.#timers.get(task));
    this.#timers.delete(task);
    task.status = status;
    if (failureReason !== undefined) task.failureReason = failureReason;
    this.#save(task);
  }

  #save(task: MoveTask): void {
    this.#options.store?.put(collection, task.id, task);
  }
}

const noSuchResource = (parameter: string) =>
  resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);

const nonExistentQueue = queueDoesNotExist().queryCode;

/**
 * "All redriven messages are considered new messages with a new messageID and enqueueTime" ("Configuring a
 * dead-letter queue redrive").
 */
function newMessageOf({sourceArn: _, ...content}: Content, now: number): Content {
  return {...content, id: randomUUID(), sentAt: now, enqueuedAt: now, availableAt: now};
}

/** Names the task and its source, in base64. Clients do not look into it. */
export const taskHandleOf = ({id, sourceArn}: MoveTask): string =>
  Buffer.from(JSON.stringify({taskId: id, sourceArn})).toString('base64');

function parseTaskHandle(handle: string): {taskId: string; sourceArn: string} {
  try {
    const {taskId, sourceArn} = JSON.parse(Buffer.from(handle, 'base64').toString());
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return {taskId, sourceArn};
  } catch {
    // It is refused below.
  }
  throw invalidParameter('Value for parameter TaskHandle is invalid.');
}

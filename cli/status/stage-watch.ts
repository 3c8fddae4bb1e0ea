// Everything that `status` and `top` know of a stage, asked for side by side. None of it searches the past of the log but the
// counts, and without those the rest is still told.

import {ReceiverTable} from '../../functions/receivers/receiver-table.ts';
import {logGroupOf, type Names, namesOf} from '../../shared/names.ts';
import {type Overview, overviewOf} from '../../shared/overview/overview.ts';
import {parseSettings} from '../../shared/settings/settings.ts';
import {awsProblemOf} from '../aws/aws-problem.ts';
import {parametersOf} from '../aws/parameters.ts';
import {type Ages, QueueAges} from '../aws/queue-ages.ts';
import {QueueDepths} from '../aws/queue-depths.ts';
import type {Context} from '../command/context.ts';
import {ActivityLog} from './activity-log.ts';

export class StageWatch {
  readonly #context: Context;
  readonly #names: Names;
  readonly #depths: QueueDepths;
  readonly #ages: QueueAges;
  readonly #table: ReceiverTable;
  readonly #log: ActivityLog;

  constructor(context: Context) {
    const {clients, stage, now} = context;
    const names = namesOf(stage);
    this.#context = context;
    this.#names = names;
    this.#depths = new QueueDepths(context);
    this.#ages = new QueueAges(context, [names.outbox, names.delivery, names.deliverySlow]);
    this.#table = new ReceiverTable(clients.dynamoDb, names.receivers);
    const groups = [names.route, names.deliver].map(logGroupOf);
    this.#log = new ActivityLog(clients.logs, groups, now);
  }

  /** @throws Error where SQS, SSM or DynamoDB does not answer, or the command was interrupted */
  async observe(): Promise<Overview> {
    const {clients, stage, now, signal} = this.#context;
    const {outbox, waiting, waitingSoon, held, delivery, deliverySlow, parameterPath} = this.#names;
    const {outboxDlq, waitingDlq, deliveryDlq, outboxOversize} = this.#names;
    const [queues, deadLetters, parameters, entries, activityProblem, ages] = await Promise.all([
      this.#depths.of([outbox, delivery, deliverySlow, waiting, waitingSoon, held]),
      this.#depths.of([outboxDlq, waitingDlq, deliveryDlq, outboxOversize]),
      parametersOf(clients.ssm, parameterPath),
      this.#table.all(now()),
      this.#log.read(signal).then(
        () => undefined,
        (error: Error) => awsProblemOf(error),
      ),
      // Whoever may not ask CloudWatch is told all the rest.
      this.#ages.read().catch((): Ages => new Map()),
    ]);
    signal.throwIfAborted();
    const nowMs = now();
    const {settings, problems} = parseSettings(parameters);
    const changes = parameters.map(({modifiedMs}) => modifiedMs);
    return overviewOf({
      stage,
      nowMs,
      settings,
      settingsProblems: problems,
      settingsSinceMs: changes.length > 0 ? Math.max(...changes) : undefined,
      queues,
      ages,
      deadLetters,
      entries: [...entries.values()].flatMap(({entry}) => entry ?? []),
      activity: this.#log.activity.summaries(nowMs),
      activityMs: this.#log.readMs,
      activityProblem,
    });
  }
}

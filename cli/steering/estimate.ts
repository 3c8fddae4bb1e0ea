// About how much mail a pause or a cancellation concerns. Nobody counts mail by its tag, so this is an estimate: SQS counts queues,
// the log has the receivers of the last hour, and of what is held some messages are looked at.

import {ChangeMessageVisibilityBatchCommand, ReceiveMessageCommand} from '@aws-sdk/client-sqs';
import {isWhole} from '../../shared/classes/wildcard.ts';
import {resolveDestination} from '../../shared/delivery/destination.ts';
import {isSelected} from '../../shared/delivery/selected.ts';
import {parseMessage} from '../../shared/message/message-body.ts';
import {namesOf} from '../../shared/names.ts';
import type {Overview, QueueDepth} from '../../shared/overview/overview.ts';
import {parseSettings, type Settings} from '../../shared/settings/settings.ts';
import type {Selection} from '../../shared/settings/steering/selection.ts';
import {parametersOf} from '../aws/parameters.ts';
import {queueUrlOf} from '../aws/queues.ts';
import type {Context} from '../command/context.ts';
import {StageWatch} from '../status/stage-watch.ts';

export interface Estimate {
  /** All mail that is on its way or held: no more can be concerned of what is there now. */
  readonly most: number;
  readonly held: number;
  /** Of what is held. Null where nobody can tell. */
  readonly heldAbout: number | null;
  /** Of what is on its way. Null where nobody can tell before each message has been looked at. */
  readonly underWayAbout: number | null;
}

export async function estimateOf(context: Context, selection: Selection): Promise<Estimate> {
  const {clients, stage} = context;
  const names = namesOf(stage);
  const [overview, parameters] = await Promise.all([
    new StageWatch(context).observe(),
    parametersOf(clients.ssm, names.parameterPath),
  ]);
  const {settings} = parseSettings(parameters);
  const depthOf = ({visible, inFlight, delayed}: QueueDepth) => visible + inFlight + delayed;
  const total = overview.queues.reduce((sum, queue) => sum + depthOf(queue), 0);
  const held = depthOf(overview.queues.find(({name}) => name === names.held)!);
  return {
    most: total,
    held,
    heldAbout: await heldAbout(context, selection, settings, held),
    underWayAbout: underWayAbout(overview, selection, total - held),
  };
}

/** By domain the log knows it; all mail SQS counts. Tags and recipients nobody has counted. */
function underWayAbout(
  {domains, smarthost}: Overview,
  selection: Selection,
  underWay: number,
): number | null {
  if (selection.all || underWay === 0) return underWay;
  const {domain, ...others} = selection;
  if (domain === undefined || smarthost !== null || Object.keys(others).some(isSelector)) return null;
  const rows = domains.filter(({queue}) => isWhole(queue, domain));
  if (rows.some(({waiting}) => waiting === undefined)) return null;
  return Math.min(
    rows.reduce((sum, {waiting = 0}) => sum + waiting, 0),
    underWay,
  );
}

const isSelector = (name: string): boolean => ['nextHop', 'tag', 'recipient', 'id'].includes(name);

/** So many requests, of ten messages each: a message more or less in a hundred. */
const looks = 10;
/** How long what is looked at is out of sight, should it not be given back. */
const hiddenSeconds = 30;

/** From the share among those that SQS gives out; they are given back at once. */
async function heldAbout(
  context: Context,
  selection: Selection,
  settings: Settings,
  held: number,
): Promise<number | null> {
  if (selection.all || held === 0) return held;
  const {sqs} = context.clients;
  const QueueUrl = await queueUrlOf(context, namesOf(context.stage).held);
  const receive = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: hiddenSeconds,
    WaitTimeSeconds: 0,
  });
  let [seen, meant] = [0, 0];
  const handles: string[] = [];
  try {
    for (let look = 0; look < looks; look++) {
      const {Messages: messages = []} = await sqs.send(receive);
      if (messages.length === 0) break;
      for (const {Body = '', ReceiptHandle = '', MessageId: id = ''} of messages) {
        handles.push(ReceiptHandle);
        const parsed = parseMessage(Body, {id, arrivedMs: 0, ours: true});
        if (!parsed.ok || !('text' in parsed.message)) continue;
        const candidate = {
          message: parsed.message,
          destination: resolveDestination(parsed.message, settings),
        };
        seen += 1;
        if (isSelected(candidate, selection, settings)) meant += 1;
      }
    }
    return seen === 0 ? null : Math.round((held * meant) / seen);
  } catch (error) {
    // Who may write settings may not always look into queues.
    if ((error as Error).name !== 'AccessDenied' && (error as Error).name !== 'AccessDeniedException')
      throw error;
    return null;
  } finally {
    for (let start = 0; start < handles.length; start += 10)
      await sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl,
          Entries: handles
            .slice(start, start + 10)
            .map((ReceiptHandle, index) => ({Id: String(index), ReceiptHandle, VisibilityTimeout: 0})),
        }),
      );
  }
}

/** In words, for people. */
export function estimateText({most, held, heldAbout: ofHeld, underWayAbout: underWay}: Estimate): string {
  const count = (number: number) => number.toLocaleString('en');
  const of = (about: number | null, all: number, what: string) =>
    about === null
      ? `nobody has counted it among the ${count(all)} ${what}`
      : `about ${count(about)} of the ${count(all)} ${what}`;
  return most === 0
    ? 'an estimate: there is no mail now that it concerns'
    : `an estimate: ${of(underWay, most - held, 'on their way')}, ${of(ofHeld, held, 'held')}`;
}

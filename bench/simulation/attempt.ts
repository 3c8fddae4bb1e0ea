// One attempt at one server, in its stages: a connection, its opening, MAIL, the text. How long each may take is
// functions' own rule.

import type {ReceiverWatch, Uncounted} from '../../functions/deliver/receiver-watch.ts';
import {type Allowance, allowanceOf, allowedMs} from '../../functions/deliver/smtp/timeouts.ts';
import type {Failure, Stage} from '../../shared/smtp/failure.ts';
import {lateMs} from '../../shared/smtp/patience.ts';
import type {Clock} from './clock.ts';
import {lateGreetingMs, lateReplyMs, type Server} from './servers.ts';

/** The connection of a lane within a batch. */
export interface Connection {
  messages: number;
  isOpen: boolean;
}

export interface Tries {
  readonly clock: Clock;
  readonly watch: ReceiverWatch;
  readonly deadlineMs: number;
  readonly lastTextMs: number;
  readonly isFirst: boolean;
  readonly messagesPerConnection: number;
}

export type Tried =
  | {readonly kind: 'accepted' | 'out-of-time'}
  | {readonly kind: 'failed'; readonly failure: Failure}
  | Uncounted;

export async function attempt(server: Server, connection: Connection, tries: Tries): Promise<Tried> {
  const {watch} = tries;
  const failure = await transact(server, connection, tries);
  if (failure === undefined) {
    watch.answered();
    return {kind: 'accepted'};
  }
  if (failure === 'out-of-time') return {kind: 'out-of-time'};
  connection.isOpen = failure.stage === 'mailfrom';
  const uncounted = await watch.failed(failure, [{failure, isFresh: connection.messages <= 1}]);
  return uncounted ?? {kind: 'failed', failure};
}

async function transact(
  server: Server,
  connection: Connection,
  tries: Tries,
): Promise<Failure | 'out-of-time' | undefined> {
  const {clock, lastTextMs, isFirst, messagesPerConnection} = tries;
  if (connection.messages >= messagesPerConnection) connection.isOpen = false;
  if (!connection.isOpen) {
    const failure = await open(server, tries);
    if (failure !== undefined) return failure;
    connection.isOpen = true;
    connection.messages = 0;
  }
  connection.messages += 1;
  const trouble = server.troubleAt(clock.nowMs);
  if (trouble === 'puts-off' || trouble === '421') {
    await clock.sleep(server.messageMs / 2);
    return replied('mailfrom', trouble === '421' ? 421 : 450);
  }
  if (trouble === 'refuses' || trouble === 'hangs') {
    // The connection is lost: it was one of before.
    connection.isOpen = false;
    return {stage: 'mailfrom', result: 'lost', description: 'connection lost'};
  }
  if (clock.nowMs > lastTextMs && !isFirst) return 'out-of-time';
  return wait('message', trouble === 'replies-late' ? lateReplyMs : server.messageMs, tries);
}

async function open(server: Server, tries: Tries): Promise<Failure | undefined> {
  const {clock, watch} = tries;
  const allowance = allowanceOf(watch.openingMs(false));
  const trouble = server.troubleAt(clock.nowMs);
  if (trouble === 'refuses') {
    await clock.sleep(server.openingMs / 3);
    return {stage: 'connect', result: 'error', description: 'ECONNREFUSED'};
  }
  if (trouble === '421') {
    await clock.sleep(server.openingMs / 2);
    return replied('intro', 421);
  }
  if (trouble === 'hangs') return wait('intro', Number.POSITIVE_INFINITY, tries, allowance);
  if (trouble === 'greets-late') return wait('intro', lateGreetingMs, tries, allowance);
  await clock.sleep(server.openingMs);
  return undefined;
}

const replied = (stage: Stage, code: number): Failure => ({
  stage,
  result: 'error',
  reply: {code, text: 'not now'},
  description: `${code} not now`,
});

/** Waits for a reply, for as long as is allowed. Every ten seconds the watch is asked whether to wait on. */
async function wait(
  stage: Stage,
  ms: number,
  {clock, watch, deadlineMs}: Tries,
  allowance?: Allowance,
): Promise<Failure | undefined> {
  const {patience, waitsOn} = watch.limits;
  const startedMs = clock.nowMs;
  const mostMs = allowedMs(stage, {deadlineMs, now: clock.now, ...(patience && {patience}), allowance});
  const endsMs = startedMs + Math.min(ms, mostMs);
  const leftMs = () => startedMs + mostMs - clock.nowMs;
  while (clock.nowMs < endsMs) {
    const isLast = endsMs - clock.nowMs <= lateMs || leftMs() <= lateMs;
    await clock.sleep(isLast ? endsMs - clock.nowMs : lateMs);
    if (!isLast && !(await waitsOn?.(stage))) return noReply(stage);
  }
  return ms <= mostMs ? undefined : noReply(stage);
}

const noReply = (stage: Stage): Failure => ({stage, result: 'timeout', description: `no reply at ${stage}`});

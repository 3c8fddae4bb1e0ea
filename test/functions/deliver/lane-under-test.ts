// Lanes with scripted servers at the other end, and what becomes of messages on them, in short.

import {Lane, type Transacted, type Transaction} from '../../../functions/deliver/lane.ts';
import {Connections} from '../../../functions/deliver/pace/connections.ts';
import type {Turn} from '../../../functions/deliver/smtp/turns.ts';
import {type Capacity, defaultCapacity} from '../../../shared/settings/groups/capacity.ts';
import {type Content, contentOf} from '../../../shared/smtp/content.ts';
import type {Envelope} from '../../../shared/smtp/mail-parameters.ts';
import type {Target} from '../../../shared/smtp/target.ts';
import {mailbox} from '../../samples/messages.ts';
import {
  type Answer,
  type ScriptedServer,
  startScriptedServer,
  type Verb,
} from '../../servers/scripted-server.ts';

export const running: {close(): unknown}[] = [];
/** To be called after each test. */
export async function endLanes(): Promise<void> {
  for (const each of running.splice(0)) await each.close();
}

export async function serve(script: Partial<Record<Verb, Answer>> = {}): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  running.push(server);
  return server;
}

export function laneOf(connections = new Connections(Date.now)): Lane {
  const lane = new Lane(connections);
  running.push(lane, connections);
  return lane;
}

export const targetOf = ({port}: {readonly port: number}): Target => ({
  host: 'scripted.example',
  address: '127.0.0.1',
  port,
  security: 'opportunistic',
  implicitTls: false,
});

export const mailTo = (name: string, mime = `Subject: ${name}\r\n\r\nbody\r\n`) => ({
  from: mailbox('from@example.com'),
  to: mailbox(`${name}@example.org`),
  content: contentOf(mime),
});
export type TransactionOptions = Omit<Transaction, 'target' | 'envelope' | 'content' | 'turn'>;
export const options = (capacity: Partial<Capacity> = {}, withinMs = 300_000): TransactionOptions => ({
  heloName: 'relay.example',
  deadlineMs: Date.now() + withinMs,
  now: Date.now,
  capacity: {...defaultCapacity.domain, ...capacity},
});

export interface Mail extends Envelope {
  readonly content: Content;
}

/** One message, begun in its turn. */
export async function transact(
  lane: Lane,
  target: Target,
  mail: Mail,
  more: TransactionOptions,
): Promise<Transacted> {
  const turn = await lane.nextTurn();
  return transactIn(turn, lane, target, {mail, more});
}

async function transactIn(
  turn: Turn,
  lane: Lane,
  target: Target,
  {mail, more}: {readonly mail: Mail; readonly more: TransactionOptions},
): Promise<Transacted> {
  try {
    const content = async () => mail.content;
    return await lane.transact({...more, turn, target, envelope: mail, content});
  } finally {
    turn.pass();
  }
}

export const done = {ok: true};
/** The loop of a group: each begins when it has the turn, while the outcome of the one before may be yet to come. */
/** @param names of recipients, or their mail */
export async function beginAll(
  lane: Lane,
  target: Target,
  names: readonly (string | Mail)[],
  more = options(),
) {
  const outcomes: Promise<object>[] = [];
  for (const name of names) {
    const turn = await lane.nextTurn();
    const mail = typeof name === 'string' ? mailTo(name) : name;
    const outcome = transactIn(turn, lane, target, {mail, more}).then(({ok, ...rest}) => {
      if (!('failure' in rest)) return {ok};
      const {stage, result, reply} = rest.failure;
      return {ok, stage, result, code: reply?.code};
    });
    outcomes.push(outcome);
  }
  return Promise.all(outcomes);
}

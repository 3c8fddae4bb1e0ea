// One attempt at servers on the loopback interface, and what becomes of it in one line. Needs endLanes after each test.

import {type AttemptOptions, attemptDelivery} from '../../../functions/deliver/attempt.ts';
import type {Lane} from '../../../functions/deliver/lane.ts';
import {StsPolicies} from '../../../functions/deliver/next-hop/mta-sts-policies.ts';
import {NextHops} from '../../../functions/deliver/next-hop/next-hops.ts';
import {Troubles} from '../../../functions/deliver/pace/troubles.ts';
import {ReceiverWatch} from '../../../functions/deliver/receiver-watch.ts';
import type {Receivers} from '../../../functions/receivers/receivers.ts';
import {type NextHop, resolveDestination} from '../../../shared/delivery/destination.ts';
import type {DeliveryQueue} from '../../../shared/delivery/receivers/placement.ts';
import type {Message} from '../../../shared/message/message.ts';
import {parseMessage} from '../../../shared/message/message-body.ts';
import {parseSettings, type Settings} from '../../../shared/settings/settings.ts';
import {contentOf} from '../../../shared/smtp/content.ts';
import {judge} from '../../../shared/smtp/verdict.ts';
import {mailTo, textOf} from '../../samples/mail.ts';
import {receiversOf} from '../../samples/receivers.ts';
import {type Answer, startScriptedServer, type Verb} from '../../servers/scripted-server.ts';
import {laneOf, running, serve} from './lane-under-test.ts';

type AttemptSettings = AttemptOptions['settings'] & Pick<Settings, 'smarthost' | 'capacity'>;
export const settings: AttemptSettings = {
  heloName: 'relay.example',
  smarthost: undefined,
  smarthostPrivateAddresses: false,
  resultsDetail: new Set(),
  mx: {port: 25, privateAddresses: true, nameServers: [], mtaSts: true},
  capacity: new Map(),
};
const policies = new StsPolicies({log: () => {}, now: Date.now});
export const text = textOf('hello');

export function messageOf(properties: object = {}): Message {
  const body = JSON.stringify(mailTo('to@example.org', properties));
  const parsed = parseMessage(body, {id: 'id', arrivedMs: 0});
  if (!parsed.ok || !('text' in parsed.message)) throw new Error(JSON.stringify(parsed));
  return parsed.message;
}

export interface AttemptWith extends Partial<Extract<NextHop, {hosts: readonly string[]}>> {
  readonly message?: Message;
  readonly lane?: Lane;
  readonly troubles?: Troubles;
  readonly withinMs?: number;
  readonly settings?: AttemptSettings;
  readonly anywhere?: boolean;
  readonly receivers?: Receivers;
  /** Asked before each transaction. */
  readonly stopOf?: AttemptOptions['stopOf'];
  /** The one with patience, if not said otherwise. */
  readonly queue?: DeliveryQueue;
  /** In place of a smarthost or sink; its port is the server's. */
  readonly mx?: Extract<NextHop, {domain: string}>;
}

export async function rawAttempt(
  server: {readonly port: number},
  {
    message = messageOf(),
    lane = laneOf(),
    troubles = new Troubles(),
    withinMs = 300_000,
    settings: those = settings,
    anywhere = false,
    receivers = receiversOf(),
    stopOf = async () => undefined,
    queue = 'slow',
    mx,
    ...hop
  }: AttemptWith = {},
) {
  const {port} = server;
  const nextHop: NextHop = mx ?? {
    kind: 'smarthost',
    hosts: ['127.0.0.1'],
    security: 'opportunistic',
    ...hop,
    port,
  };
  const options = {
    deadlineMs: Date.now() + withinMs,
    now: Date.now,
    nextHops: new NextHops({policies, now: Date.now, random: Math.random, anywhere}),
    troubles,
    isFirst: true,
    stopOf,
    contentOf: async () => contentOf(message.text),
    settings: {...those, mx: {...those.mx, port}},
    turn: await lane.nextTurn(),
  };
  const at = resolveDestination(message, {...parseSettings([]).settings, ...those});
  const destination = {...at, nextHop, isForeign: at.isForeign && nextHop.kind === 'smarthost'};
  const watch = new ReceiverWatch(
    {message, destination, deliveryQueue: queue, lane: '', sentMs: 0, receives: 1},
    {receivers, now: Date.now},
  );
  return attemptDelivery(message, destination, lane, {...options, watch}).finally(options.turn.pass);
}

export async function attempt(server: {readonly port: number}, options: AttemptWith = {}) {
  const outcome = await rawAttempt(server, options);
  if (outcome.kind !== 'attempted') throw new Error('held, with no target known to be down and time left');
  return outcome.ok ? outcome : {...outcome, verdict: judge(outcome.failure)};
}

/** An attempt in one line, as the rules table would have it. */
export const summaryOf = (outcome: Awaited<ReturnType<typeof attempt>>): string =>
  outcome.ok
    ? `accepted ${outcome.reply.code}`
    : [
        outcome.failure.stage,
        outcome.failure.result,
        outcome.verdict.fate,
        outcome.verdict.status,
        ...(outcome.verdict.tryNextHost ? ['next host'] : []),
        ...(outcome.verdict.countsAgainstTarget ? ['target'] : []),
        ...(outcome.verdict.maybeSent ? ['maybe sent'] : []),
      ].join(', ');

export const plainEhlo = '250-scripted.example\r\n250 8BITMIME';
export const fullEhlo = '250-scripted.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 1000';

/** Two servers at two addresses, on one port. */
export async function serveTwo(
  first: Partial<Record<Verb, Answer>>,
  second: Partial<Record<Verb, Answer>> = {},
) {
  const one = await serve(first);
  const two = await startScriptedServer(second, one.port, '127.0.0.2');
  running.push(two);
  return {one, two, port: one.port, hosts: ['127.0.0.1', '127.0.0.2']};
}

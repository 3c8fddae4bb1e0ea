// AUTH (RFC 4954) by PLAIN (RFC 4616), LOGIN (never an RFC, but the only one that many servers have) and CRAM-MD5
// (RFC 2195): the strongest that the server offers, and the next one if the server does not take that.

import {createHmac} from 'node:crypto';
import type {Credentials} from '../../../shared/smtp/credentials.ts';
import {type Failure, factFailure, type Stage} from '../../../shared/smtp/failure.ts';
import {type Answer, failureOf} from './answer.ts';
import type {Conversation} from './conversation.ts';

interface Mechanism {
  readonly name: 'PLAIN' | 'LOGIN' | 'CRAM-MD5';
  readonly stage: Stage;
  readonly command: string;
  /** What answers each challenge; undefined where nothing can. */
  readonly responses: readonly ((challenge: string) => string | undefined)[];
}

export interface Authentication {
  /** The mechanism that was tried last. */
  readonly name?: Mechanism['name'];
  readonly stage: Stage;
  readonly failure?: Failure | undefined;
}

/** RFC 5321 4.5.3.1.4, with its line end. */
const longestCommand = 512;

/**
 * RFC 4954 4 and 6, RFC 5321 4.2.2: the server does not understand the command or its parameter (500, 501, 502), or the
 * mechanism is not known (504), too weak (534), or needs encryption (538). 535 is about the credentials.
 */
const refusalsOfMechanism: ReadonlySet<number> = new Set([500, 501, 502, 504, 534, 538]);

/**
 * @param offered what EHLO said behind AUTH
 * @param inClear then mechanisms that do not show the password come first
 */
export async function authenticate(
  conversation: Conversation,
  credentials: Credentials,
  offered: string,
  inClear: boolean,
): Promise<Authentication> {
  const names = offered.toUpperCase().split(' ');
  const [cram, ...known] = [cramMd5(credentials), plain(credentials), login(credentials)] as const;
  const preferred = inClear ? [cram, ...known] : [...known, cram];
  const none = 'the server offers none of AUTH PLAIN, LOGIN and CRAM-MD5';
  let last: Authentication = {stage: 'auth', failure: factFailure('auth', 'auth-not-offered', none)};
  for (const mechanism of preferred.filter(({name}) => names.includes(name))) {
    const failure = await exchange(conversation, mechanism);
    last = {name: mechanism.name, stage: mechanism.stage, failure};
    if (failure === undefined || !conversation.open || !isOfMechanism(failure)) break;
  }
  return last;
}

const isOfMechanism = ({result, reply}: Failure): boolean =>
  result === 'invalid' || (reply !== undefined && refusalsOfMechanism.has(reply.code));

async function exchange(
  conversation: Conversation,
  {stage, command, responses}: Mechanism,
): Promise<Failure | undefined> {
  let answer = await conversation.command(stage, command);
  for (const respond of responses) {
    const challenge = challengeOf(answer);
    if (challenge === undefined) break;
    const response = respond(challenge);
    if (response === undefined) return cancel(conversation, stage, 'the server’s challenge makes no sense');
    answer = await conversation.command(stage, response);
  }
  if (challengeOf(answer) === undefined) return failureOf(answer, stage, 2);
  return cancel(conversation, stage, 'the server asks for more than the mechanism has');
}

/** Its text may be absent. It means something in CRAM-MD5 only. */
const challengeOf = (answer: Answer): string | undefined =>
  answer.ok && answer.reply.code === 334 ? answer.lines.join('').trim() : undefined;

/** RFC 4954 4: the server answers 501 then. */
async function cancel(conversation: Conversation, stage: Stage, description: string): Promise<Failure> {
  await conversation.command(stage, '*');
  return {stage, result: 'invalid', description};
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const plainMessageOf = ({username, password}: Credentials): string => `\0${username}\0${password}`;

/** What a server may echo: the password, and the message of AUTH PLAIN with it. */
export const secretsOf = (credentials: Credentials | undefined): readonly string[] =>
  credentials ? [credentials.password, plainMessageOf(credentials)] : [];

function plain(credentials: Credentials): Mechanism {
  const response = base64(plainMessageOf(credentials));
  const command = `AUTH PLAIN ${response}`;
  // RFC 4954 4: the initial response is left out where the line would be too long.
  const isTooLong = command.length + 2 > longestCommand;
  return {
    name: 'PLAIN',
    stage: 'authplain',
    command: isTooLong ? 'AUTH PLAIN' : command,
    // Some servers ask for it although they have it.
    responses: [() => response],
  };
}

const login = ({username, password}: Credentials): Mechanism => ({
  name: 'LOGIN',
  stage: 'authlogin',
  command: 'AUTH LOGIN',
  responses: [() => base64(username), () => base64(password)],
});

const cramMd5 = ({username, password}: Credentials): Mechanism => ({
  name: 'CRAM-MD5',
  stage: 'authcram',
  command: 'AUTH CRAM-MD5',
  responses: [
    challenge => {
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(challenge)) return undefined;
      const digest = createHmac('md5', password).update(Buffer.from(challenge, 'base64')).digest('hex');
      return base64(`${username} ${digest}`);
    },
  ],
});

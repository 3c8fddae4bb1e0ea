// What a moody server does next, decided by dice: at the first connection to an address, and at each try of a
// message. The server does it, and the tests say what must come of it.

import {Dice} from '../samples/dice.ts';

/** The names of a result's `state`. */
export type Stage = 'intro' | 'ehlo' | 'authplain' | 'mailfrom' | 'rcptto' | 'data' | 'message';

export interface Mood {
  readonly stage: Stage;
  /**
   * `leave` replies 421; `drop` drops the connection instead of replying; `cut` does so in the middle of the text.
   * After the dot, `drop` has kept the message and `forget` has not.
   */
  readonly act: 'please' | 'delay' | 'refuse' | 'defer' | 'leave' | 'drop' | 'cut' | 'forget';
  /** The code, and the enhanced status code if there is one. */
  readonly reply: string;
}

type TransactionStage = Exclude<Stage, 'intro' | 'ehlo' | 'authplain'>;

const refusals: Readonly<Record<TransactionStage, readonly string[]>> = {
  // A 501 without a status could be about a parameter too.
  mailfrom: ['550 5.7.1', '553 5.1.8', '501 5.1.7', '550'],
  rcptto: ['550 5.1.1', '553 5.1.3', '551', '552 5.2.2', '554'],
  data: ['554 5.5.1', '550 5.7.1', '554'],
  message: ['550 5.7.1', '552 5.2.3', '554 5.6.0', '571'],
};

/** 503: the server lost count. 552 for a recipient is transient (RFC 5321 4.5.3.1.10). */
const deferrals: Readonly<Record<TransactionStage, readonly string[]>> = {
  mailfrom: ['451 4.7.1', '452 4.3.1', '450'],
  rcptto: ['450 4.2.1', '451 4.7.1', '452', '552', '503 5.5.1'],
  data: ['451 4.3.0', '452', '503 5.5.1'],
  message: ['451 4.3.0', '452 4.3.1', '450'],
};

const transactionStages = Object.keys(refusals) as TransactionStage[];
const leaving = '421 4.3.2';
export const pleased: Mood = {stage: 'message', act: 'please', reply: ''};

/** From this try on every message is taken, so that the test ends. */
const lastTry = 5;

/**
 * @param tries how often the message has come, this time included
 * @returns `unfit` when the address as such is to fail
 */
export function moodOf(seed: number, message: number, tries: number): Mood | 'unfit' {
  if (tries >= lastTry) return pleased;
  const dice = new Dice(seed, 'message', message, tries);
  const stage = dice.oneOf(transactionStages);
  const lot = dice.next();
  if (lot < 0.06) return {stage, act: 'refuse', reply: dice.oneOf(refusals[stage])};
  if (lot < 0.16) return {stage, act: 'defer', reply: dice.oneOf(deferrals[stage])};
  if (lot < 0.19) return {stage, act: 'leave', reply: leaving};
  if (lot < 0.21) return {stage: 'message', act: 'drop', reply: ''};
  if (lot < 0.23) return {stage: 'message', act: 'forget', reply: ''};
  if (lot < 0.33) return {stage, act: 'delay', reply: ''};
  return lot < 0.6 ? 'unfit' : pleased;
}

/** After these a client should leave the address alone for a while. */
export const unfitMoods: readonly Mood[] = [
  {stage: 'mailfrom', act: 'drop', reply: ''},
  {stage: 'rcptto', act: 'drop', reply: ''},
  {stage: 'data', act: 'drop', reply: ''},
  {stage: 'message', act: 'cut', reply: ''},
  {stage: 'mailfrom', act: 'defer', reply: '530 5.7.0'},
];

const troubles: readonly Mood[] = [
  {stage: 'intro', act: 'drop', reply: ''},
  {stage: 'intro', act: 'refuse', reply: '554 5.3.2'},
  {stage: 'intro', act: 'leave', reply: leaving},
  {stage: 'intro', act: 'delay', reply: ''},
  {stage: 'ehlo', act: 'drop', reply: ''},
  {stage: 'ehlo', act: 'defer', reply: '451 4.3.0'},
  {stage: 'ehlo', act: 'leave', reply: leaving},
  {stage: 'authplain', act: 'drop', reply: ''},
  {stage: 'authplain', act: 'refuse', reply: '535 5.7.8'},
  {stage: 'authplain', act: 'defer', reply: '454 4.7.0'},
];

/** Each kind of trouble at a few addresses. */
export function troublesOf(
  addresses: readonly string[],
  withAuth: boolean,
  dice: Dice,
): ReadonlyMap<string, Mood> {
  const kinds = troubles.filter(({stage}) => withAuth || stage !== 'authplain');
  const troubled = dice.shuffled(addresses).slice(0, 2 * kinds.length);
  return new Map(troubled.map((address, index) => [address, kinds[index % kinds.length]!]));
}

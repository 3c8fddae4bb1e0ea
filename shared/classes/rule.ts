// A rule of ours: what a reply must be for a class. A rule says where it comes from, and gives an example; a test sees to it
// that no rule before it decides about the example.

import type {Stage} from '../smtp/failure.ts';
import type {BounceClass} from './bounce-class.ts';
import {isIn, wildcardOf} from './wildcard.ts';

export interface Rule {
  readonly class: BounceClass;
  readonly stages?: readonly Stage[];
  readonly codes?: readonly number[];
  /** `X.7.26`: whether it is transient does not count (RFC 3463 2). */
  readonly statuses?: readonly string[];
  /** One of them is said: words as saidIn gives them, with wildcards. A space at an end is the end of a word. */
  readonly words?: readonly string[];
  /** None of them is said. */
  readonly unless?: readonly string[];
  /** An RFC, a receiver's page, an issue, or the program that says so. */
  readonly source: string;
  readonly example: ReplyExample;
}

interface ReplyExample {
  readonly code: number;
  readonly status?: string;
  readonly text: string;
  /** RCPT TO where nothing is said. */
  readonly stage?: Stage;
}

/** A reply as rules see it. */
interface Said {
  readonly stage: Stage;
  readonly code: number;
  readonly status: string | undefined;
  readonly words: string;
}

export type Fits = (said: Said) => boolean;

export function fitsOf({stages, codes, statuses, words, unless = []}: Rule): Fits {
  const wanted = words?.map(wildcardOf);
  const unwanted = unless.map(wildcardOf);
  return said =>
    (stages === undefined || stages.includes(said.stage)) &&
    (codes === undefined || codes.includes(said.code)) &&
    (statuses === undefined ||
      (said.status !== undefined && statuses.includes(`X${said.status.slice(1)}`))) &&
    (wanted === undefined || wanted.some(each => isIn(said.words, each))) &&
    !unwanted.some(each => isIn(said.words, each));
}

// A key as a source has it, with its place there. Problems tell the place, and nothing of the key.

import type {KeyName} from '../../../shared/dkim/key-name.ts';

export interface FoundKey extends KeyName {
  /** `KeyTable:3`. */
  readonly where: string;
  /** Not read yet: PEM or base64. */
  readonly text: string;
}

export interface FoundProblem {
  readonly where: string;
  /** As it goes on behind the place: `must be …`, `has no …`. */
  readonly problem: string;
}

export interface Found {
  readonly keys: readonly FoundKey[];
  readonly problems: readonly FoundProblem[];
  readonly warnings: readonly FoundProblem[];
}

export const allOf = (found: readonly Found[]): Found => ({
  keys: found.flatMap(({keys}) => keys),
  problems: found.flatMap(({problems}) => problems),
  warnings: found.flatMap(({warnings}) => warnings),
});

export const foundProblem = (where: string, problem: string): Found => ({
  keys: [],
  problems: [{where, problem}],
  warnings: [],
});

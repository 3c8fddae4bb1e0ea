// A step: it tries some beliefs on the deployed stage, and notes what it saw of each.

import type {Belief} from './belief.ts';
import type {Trial} from './trial.ts';

export interface Notes {
  /** @param seen what was seen, either way */
  found(belief: Belief, holds: boolean, seen: string): void;
  untried(belief: Belief, why: string): void;
}

export interface Step {
  readonly name: string;
  /** What it does, for the person who waits. */
  readonly about: string;
  readonly beliefs: readonly Belief[];
  /** @throws Error where it cannot go on: the beliefs that it has not noted were not tried then */
  run(trial: Trial, notes: Notes): Promise<void>;
}

// What is wrong with a message or a setting: a value, so that all of it can be told at once.

/** One thing that is wrong: where, and what would be right. */
export interface Problem {
  /** `smarthost.port`; empty for the message as a whole. */
  readonly path: string;
  readonly problem: string;
}

/** Problems in one line, for a description or a log. */
export const problemsText = (problems: readonly Problem[]): string =>
  problems.map(({path, problem}) => `${path || 'the message'} ${problem}`).join('; ');

// What may be wrong when a command is run, apart from what AWS says.

/** The command line is wrong, or what it names. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** One by one, where there may be several. */
  readonly problems: readonly unknown[] | undefined;

  constructor(message: string, problems?: readonly unknown[]) {
    super(message);
    this.problems = problems;
  }
}

/** What is named is not there. Exit status 1. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** Something was not done, as nobody allowed it. Exit status 1. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

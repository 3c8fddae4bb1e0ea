// What may be wrong when a command is run, apart from what AWS says.

/** The command line is wrong. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something was not done, as nobody allowed it. Exit status 1. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

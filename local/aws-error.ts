// An error of AWS: the code that clients look at, a message for people, an HTTP status. The protocols decide how it is
// written.

export class AwsError extends Error {
  /** As the JSON protocol names it: `QueueDoesNotExist`. */
  readonly code: string;
  readonly status: number;
  /** As the query protocol names it, where the two differ: `AWS.SimpleQueueService.NonExistentQueue`. */
  readonly queryCode: string;
  /** What the error's shape has besides its message. */
  readonly members: Readonly<Record<string, unknown>> = {};

  constructor(code: string, message: string, status = 400, options: {readonly queryCode?: string} = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.queryCode = options.queryCode ?? code;
  }

  /** Whose fault it is, in the query protocol's words. */
  get fault(): 'Sender' | 'Receiver' {
    return this.status < 500 ? 'Sender' : 'Receiver';
  }
}

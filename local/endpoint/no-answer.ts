// Thrown when a call is to have no answer at all: the connection closes, and whoever asked cannot know whether
// it was done.

export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor() {
    super('the connection is closed without an answer');
  }
}

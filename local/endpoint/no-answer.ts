// Thrown where a call must not be answered: the connection closes, and the client cannot know whether it was done.

export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor() {
    super('the connection is closed without an answer');
  }
}

// smtp-server without the 100 ms by which it holds back every greeting to catch clients that talk first: here
// every delivery would wait for that. And with a say in commands that it has no hook for.

import {SMTPServer} from 'smtp-server';

type Connection = SMTPServer['connections'] extends Set<infer C> ? C : never;

export class PromptServer extends SMTPServer {
  /**
   * Asked before each command: `handle` does what is usual; or else `next` has the client's next command read,
   * once this one has been replied to.
   */
  beforeCommand: (connection: Connection, command: string, handle: () => void, next: () => void) => void = (
    _connection,
    _command,
    handle,
  ) => handle();

  override connect(...connection: Parameters<SMTPServer['connect']>): void {
    super.connect(...connection);
    const added = [...this.connections].at(-1);
    if (added === undefined) return;
    const ready = added.connectionReady.bind(added);
    // Its own timer comes later, and would greet a second time.
    added.connectionReady = () => {};
    setImmediate(ready);
    const handle = added._onCommand.bind(added);
    added._onCommand = (command, next = () => {}) => {
      // What continues AUTH is no command.
      if (added._nextHandler) handle(command, next);
      else this.beforeCommand(added, String(command), () => handle(command, next), next);
    };
  }
}

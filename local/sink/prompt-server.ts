// smtp-server without the 100 ms by which it holds back every greeting to catch clients that talk first: here
// every delivery would wait for that. And with a say in commands that it has no hook for, and none for what
// begins with no command at all: a web page's request, or a TLS handshake, whose body may hold commands.

import {SMTPServer} from 'smtp-server';

/** RFC 5321 4.1.1, RFC 3207, RFC 4954: what a client may begin with, be it out of place. */
const command = /^(?:EHLO|HELO|MAIL|RCPT|DATA|RSET|VRFY|EXPN|HELP|NOOP|QUIT|STARTTLS|AUTH)(?: |$)/i;

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
    let begun = false;
    added._onCommand = (line, next = () => {}) => {
      if (!begun && !command.test(String(line)))
        return added.send(421, 'This is SMTP, and that is not', false);
      begun = true;
      // What continues AUTH is no command.
      if (added._nextHandler) handle(line, next);
      else this.beforeCommand(added, String(line), () => handle(line, next), next);
    };
  }
}

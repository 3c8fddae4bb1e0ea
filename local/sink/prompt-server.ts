// An smtp-server that greets at once. The original waits for 100 ms to catch clients that talk first, and here every
// delivery would wait for that. This one also knows BDAT (chunking.ts; `disabledCommands` may name it), has a hook for every
// command, and ends connections that do not begin with a command: a web page's request or a TLS handshake, whose body may
// hold commands.

import {SMTPServer} from 'smtp-server';
import {withChunking} from './chunking.ts';

/** What a client may begin with, even out of order (RFC 5321 4.1.1, RFC 3207, RFC 4954). */
const command = /^(?:EHLO|HELO|MAIL|RCPT|DATA|RSET|VRFY|EXPN|HELP|NOOP|BDAT|QUIT|STARTTLS|AUTH)(?: |$)/i;

type Connection = SMTPServer['connections'] extends Set<infer C> ? C : never;

export class PromptServer extends SMTPServer {
  /**
   * Called before each command. It either calls `handle`, which does what is usual, or replies itself and then calls
   * `next`, which reads the next command.
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
    // The original's timer would greet a second time.
    added.connectionReady = () => {};
    setImmediate(ready);
    const original = added._onCommand.bind(added);
    const {disabledCommands = [], size = Number.POSITIVE_INFINITY} = this.options;
    const handle = disabledCommands.includes('BDAT') ? original : withChunking(added, original, Number(size));
    let begun = false;
    added._onCommand = (line, next = () => {}) => {
      if (!begun && !command.test(String(line)))
        return added.send(421, 'This is SMTP, and that is not', false);
      begun = true;
      // A line that continues AUTH is no command.
      if (added._nextHandler) handle(line, next);
      else this.beforeCommand(added, String(line), () => handle(line, next), next);
    };
  }
}

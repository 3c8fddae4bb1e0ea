// smtp-server without the 100 ms by which it holds back every greeting to catch clients that talk first: here
// every delivery would wait for that.

import {SMTPServer} from 'smtp-server';

export class PromptServer extends SMTPServer {
  override connect(...connection: Parameters<SMTPServer['connect']>): void {
    super.connect(...connection);
    const added = [...this.connections].at(-1);
    if (added === undefined) return;
    const ready = added.connectionReady.bind(added);
    // Its own timer comes later, and would greet a second time.
    added.connectionReady = () => {};
    setImmediate(ready);
  }
}

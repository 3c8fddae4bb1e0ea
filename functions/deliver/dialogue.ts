// Follows the opening of a session through nodemailer's transaction log: which command is waiting for its reply,
// and so at which stage a failure happened. nodemailer reports a lost connection as CONN, whatever the stage.

import type {Stage} from '../../shared/outcome.ts';

const stages: readonly (readonly [RegExp, Stage])[] = [
  [/^EHLO\b/i, 'ehlo'],
  [/^HELO\b/i, 'helo'],
  [/^STARTTLS\b/i, 'starttls'],
  [/^AUTH PLAIN\b/i, 'authplain'],
  [/^AUTH LOGIN\b/i, 'authlogin'],
  [/^AUTH CRAM-MD5\b/i, 'authcram'],
];

interface LogEntry {
  readonly tnx?: string;
  readonly remoteAddress?: string;
}

export class Dialogue {
  /** The reply to the last EHLO: what the server offers. */
  ehloReply = '';
  /** The reply of a server that cannot take EHLO now: nodemailer then says HELO, which would offer too little. */
  ehloRefusal: string | undefined;
  #waiting: Stage[] = [];
  #last: Stage;
  readonly #onStage: (stage: Stage) => void;

  /** @param onStage called whenever the stage may have changed: the moment to start its timer */
  constructor(first: Stage, onStage: (stage: Stage) => void) {
    this.#last = first;
    this.#onStage = onStage;
  }

  /** The command whose reply is waited for; between commands, the last one. */
  get stage(): Stage {
    return this.#waiting[0] ?? this.#last;
  }

  /** Handed to nodemailer with `transactionLog`. Nothing it is told is kept but stages and the EHLO reply. */
  get logger() {
    const ignore = () => {};
    return {
      level: () => {},
      trace: ignore,
      debug: (entry: LogEntry, line: unknown) => this.#follow(entry, String(line)),
      info: (entry: LogEntry) => this.#follow(entry, ''),
      warn: ignore,
      error: ignore,
      fatal: ignore,
    };
  }

  #follow({tnx, remoteAddress}: LogEntry, line: string): void {
    if (tnx === 'network' && remoteAddress !== undefined) {
      // The connection is established, with implicit TLS also encrypted: the greeting comes next.
      this.#waiting.push('intro');
    } else if (tnx === 'client') {
      this.#sent(line);
    } else if (tnx === 'server') {
      this.#answered(line);
    } else {
      return;
    }
    this.#onStage(this.stage);
  }

  #sent(line: string): void {
    const stage = stages.find(([pattern]) => pattern.test(line))?.[1];
    // Any other line belongs to the stage it stands in: the steps of AUTH.
    this.#waiting.push(stage ?? this.#last);
  }

  #answered(line: string): void {
    this.#last = this.#waiting.shift() ?? this.#last;
    if (this.#last !== 'ehlo') return;
    if (line.startsWith('2')) this.ehloReply = line;
    if (line.startsWith('4')) this.ehloRefusal = line;
  }
}

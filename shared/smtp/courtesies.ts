// What MAIL and RCPT say although the message could do without: its size (RFC 1870 6.1), and what it asks of delivery
// status notifications (RFC 3461). A server may offer these and then refuse them. The message goes once more then,
// without them.

import type {Dsn} from './dsn.ts';
import type {Failure} from './failure.ts';
import {type Extensions, isOfSize, isOfSyntax, type Mail, type Told} from './mail-parameters.ts';

const namesDsn = /\b(?:NOTIFY|ORCPT|RET|ENVID)=|\bDSN\b/i;

/** Whether a refusal may be of what was asked in the same command. */
const isOfDsn = ({stage, reply}: Failure, {mail, rcpt}: Dsn): boolean =>
  reply !== undefined &&
  ((stage === 'mailfrom' && mail !== '') || (stage === 'rcptto' && rcpt !== '')) &&
  isOfSyntax(reply, namesDsn);

/** Of one connection. */
export class Courtesies {
  #tellsSize: boolean;
  #tellsDsn: boolean;
  /** What was refused. It may have been for something else, such as the address. */
  readonly #doubted = new WeakSet<Dsn>();

  constructor(extensions: Extensions) {
    this.#tellsSize = extensions.has('SIZE');
    this.#tellsDsn = extensions.has('DSN');
  }

  of({dsn}: Mail): Told {
    const tellsDsn = this.#tellsDsn && dsn !== undefined && !this.#doubted.has(dsn);
    return {size: this.#tellsSize, ...(tellsDsn && {dsn})};
  }

  /** @returns whether the message is to go again, without what was refused: both, unless the server names one */
  leaveOut(failure: Failure, {size, dsn}: Told): boolean {
    const text = failure.reply?.text ?? '';
    const isSize = size && isOfSize(failure);
    const isDsn = dsn !== undefined && isOfDsn(failure, dsn);
    const [ofSize, ofDsn] = [/\bSIZE\b/i.test(text), namesDsn.test(text)];
    if (isDsn && !(isSize && ofSize && !ofDsn)) this.#doubted.add(dsn);
    if (isSize && !(isDsn && ofDsn && !ofSize)) this.#tellsSize = false;
    return isSize || isDsn;
  }

  /** The server has taken an envelope. What it has refused of that before was no fault of the address. */
  taken({dsn}: Mail): void {
    if (dsn !== undefined && this.#doubted.has(dsn)) this.#tellsDsn = false;
  }
}

// nodemailer's option `dsn` as the property of messages, read as nodemailer's SMTP reads it.

import {MailProblem} from './mail-problem.ts';

const rets = new Map([
  ['HDRS', 'HDRS'],
  ['HEADERS', 'HDRS'],
  ['FULL', 'FULL'],
  ['BODY', 'FULL'],
] as const);

/** RFC 3461 4.1: NEVER stands alone. */
const notifying = /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*)$/;

/** @returns `envid`, `ret`, `notify` and `orcpt`, where they are said. @throws MailProblem */
export function dsnPropertyOf(option: unknown): Readonly<Record<string, string>> {
  const given = (typeof option === 'object' && option !== null ? option : {}) as Record<string, unknown>;
  const word = (...names: readonly string[]) => String(names.map(name => given[name]).find(Boolean) ?? '');
  const said = word('ret', 'return').toUpperCase();
  const ret = rets.get(said as 'HDRS');
  if (said !== '' && ret === undefined) throw new MailProblem('dsn.return must be headers or full');
  const notify = word('notify')
    .toUpperCase()
    .replaceAll(/\s*,\s*/g, ',')
    .trim();
  if (notify !== '' && !notifying.test(notify))
    throw new MailProblem('dsn.notify must be never, or of success, failure and delay');
  const envid = word('envid', 'id');
  const orcpt = word('recipient', 'orcpt');
  return {
    ...(envid && {envid}),
    ...(ret && {ret}),
    ...(notify && {notify}),
    ...(orcpt && {orcpt: orcpt.includes(';') ? orcpt : `rfc822;${orcpt}`}),
  };
}

// What `relayq set` is told to set. A secret is never an argument: every process of the machine can see those.

import {isPasswordName, isSecretValue} from '../../shared/settings/settings-list.ts';
import {UsageError} from '../command/problems.ts';
import {suggestionFor} from './problem-text.ts';

export interface Assignment {
  readonly name: string;
  /** Undefined where it is to be read from the terminal or from stdin. */
  readonly value: string | undefined;
}

/**
 * `NAME`, `NAME VALUE`, or `NAME=VALUE` as often as one likes, also `NAME` behind the first one. `-` is stdin.
 * @throws UsageError that quotes no value
 */
export function parseAssignments(args: readonly string[]): readonly Assignment[] {
  checkOptions(args);
  const [first = ''] = args;
  const pairs = first.includes('=') ? args.map(splitAt) : [args];
  if (pairs.some(({length}) => length > 2))
    throw new UsageError('set what? NAME VALUE, or several: NAME=VALUE NAME=VALUE');
  const assignments = pairs.map(([name = '', value]) => {
    checkName(name);
    if (value !== undefined && value !== '-') checkValue(name, value);
    return {name, value: value === '-' ? undefined : value};
  });
  const twice = assignments.find(({name}, at) => assignments.some((each, i) => i < at && each.name === name));
  if (twice !== undefined) throw new UsageError(`${twice.name} is there twice`);
  return assignments;
}

function splitAt(arg: string): readonly string[] {
  const at = arg.indexOf('=');
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}

/** What looks like an option is none here: a password may begin with a hyphen, so it is not quoted. */
export function checkOptions(args: readonly string[]): void {
  if (args.some(arg => arg.startsWith('-') && arg !== '-'))
    throw new UsageError('unknown option; a value that begins with - comes on stdin: NAME -');
}

/** What cannot be a name is not quoted: it may be a URL with a password. */
export function checkName(name: string): void {
  if (!/^[\w.-]+(?:\/[\w.-]+)*$/.test(name) || name.length > 500)
    throw new UsageError('the name of a setting is wanted, such as smarthost; relayq settings lists them');
}

function checkValue(name: string, value: string): void {
  if (!isSecretValue(name, value)) return;
  const meant = suggestionFor(name) ?? name;
  const what = isPasswordName(name) ? `${name} is a secret` : `there may be a password in ${name}`;
  throw new UsageError(
    `${what}, and arguments can be seen by others: type relayq set ${meant} and enter it when you are asked, or give it on stdin: relayq set ${meant} - < FILE`,
  );
}

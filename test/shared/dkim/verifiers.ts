// Who verifies what we sign: mailauth, and dkimpy (Debian's python3-dkim) where it is installed. Both take the DNS from here.

import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {dkimVerify} from 'mailauth/lib/dkim/verify.js';

/** Texts of TXT records by their names. */
export type Records = ReadonlyMap<string, string>;

/** Of each signature from the top down: true, or what is wrong. */
export type Verdicts = readonly (true | string)[];

export async function mailauthVerdicts(message: Buffer, records: Records): Promise<Verdicts> {
  const resolver = async (name: string) => {
    const record = records.get(name);
    if (record === undefined) throw Object.assign(new Error('no record'), {code: 'ENOTFOUND'});
    return [[record]];
  };
  const {results} = await dkimVerify(message, {resolver, strict: true} as object);
  return results.map(({status: {result, comment}}) => result === 'pass' || `${result}: ${comment ?? ''}`);
}

const python = '/usr/bin/python3';

export const dkimpyIsMissing = ((): boolean => {
  try {
    execFileSync(python, ['-c', 'import dkim, nacl'], {stdio: 'ignore'});
    return false;
  } catch {
    return true;
  }
})();

/** All messages at once, as starting Python takes longer than verifying. */
export function dkimpyVerdicts(messages: readonly Buffer[], records: Records): readonly Verdicts[] {
  const script = fileURLToPath(new URL('verify-dkim.py', import.meta.url));
  const input = JSON.stringify({
    records: Object.fromEntries(records),
    messages: messages.map(message => message.toString('base64')),
  });
  const output = execFileSync(python, [script], {input, encoding: 'utf8', maxBuffer: 2 ** 28});
  return (JSON.parse(output) as (boolean | string)[][]).map(verdicts =>
    verdicts.map(verdict => verdict === true || String(verdict)),
  );
}

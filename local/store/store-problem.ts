// Why a data directory cannot be used, for the person who named it.

/** A later version of the local cloud has written the file. */
export class OfLaterVersion extends Error {}

interface SystemError extends Error {
  /** Node.js's. */
  readonly code?: string;
  /** SQLite's (sqlite.org, "Result and Error Codes"). The last octet of an extended code is the primary code. */
  readonly errcode?: number;
}

export function storeProblemOf(thrown: unknown): string {
  const {code, errcode = 0, message} = thrown as SystemError;
  if (thrown instanceof OfLaterVersion) {
    return 'was written by a later version of relayq: run that, or choose another directory';
  }
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'is not a directory';
  if (code === 'EPERM') return 'belongs to another user: choose another';
  const primary = errcode & 0xff;
  if (code === 'EACCES' || code === 'EROFS' || primary === sqlite.readonly || primary === sqlite.cannotOpen) {
    return `cannot be written to: ${message}`;
  }
  if (primary === sqlite.busy) {
    return `is in use by another local cloud (${message}): stop that one, or choose another directory`;
  }
  if (primary === sqlite.notADatabase)
    return `holds something other than the local cloud's state: ${message}`;
  return `cannot be used: ${message}`;
}

const sqlite = {busy: 5, readonly: 8, cannotOpen: 14, notADatabase: 26} as const;

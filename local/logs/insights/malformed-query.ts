// A query that is not of the language, or not of the part of it that is known here: what is wrong, and where.

import {AwsError} from '../../aws-error.ts';

export interface Place {
  /** Offsets into the query's text. */
  readonly start: number;
  readonly end: number;
}

export class MalformedQuery extends AwsError {
  override readonly members: Readonly<Record<string, unknown>>;

  constructor(what: string, {start, end}: Place) {
    const message = `${what} (characters ${start} to ${end})`;
    super('MalformedQueryException', message);
    const location = {startCharOffset: start, endCharOffset: end};
    this.members = {queryCompileError: {location, message: what}};
  }
}

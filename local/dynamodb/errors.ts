// DynamoDB's errors (Amazon DynamoDB API Reference), in the words that the service answers with.

import {AwsError} from '../aws-error.ts';
import type {Item} from './value.ts';

export const unfit = (message: string): AwsError => new AwsError('ValidationException', message);

export const tableNotFound = (): AwsError =>
  new AwsError('ResourceNotFoundException', 'Requested resource not found');

/** With ReturnValuesOnConditionCheckFailure, the error has the item too. */
export class ConditionalCheckFailed extends AwsError {
  override readonly members: Readonly<Record<string, unknown>>;

  constructor(item: Item | undefined) {
    super('ConditionalCheckFailedException', 'The conditional request failed');
    this.members = item === undefined ? {} : {Item: item};
  }
}

// DynamoDB's refusals, in its words (Amazon DynamoDB API Reference; the text is what the service answers).

import {AwsError} from '../aws-error.ts';
import type {Item} from './value.ts';

export const unfit = (message: string): AwsError => new AwsError('ValidationException', message);

export const tableNotFound = (): AwsError =>
  new AwsError('ResourceNotFoundException', 'Requested resource not found');

/** ReturnValuesOnConditionCheckFailure puts the item beside the message. */
export class ConditionalCheckFailed extends AwsError {
  override readonly members: Readonly<Record<string, unknown>>;

  constructor(item: Item | undefined) {
    super('ConditionalCheckFailedException', 'The conditional request failed');
    this.members = item === undefined ? {} : {Item: item};
  }
}

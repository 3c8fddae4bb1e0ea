// SQS's errors, with the status and the two names that AWS gives each ("Common Errors" and every action's
// "Errors" in the Amazon SQS API Reference; the older names are those of the 2012-11-05 query API).

import {AwsError} from '../aws-error.ts';

const old = (name: string) => ({queryCode: `AWS.SimpleQueueService.${name}`});

export const queueDoesNotExist = (): AwsError =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', 400, old('NonExistentQueue'));

export const queueNameExists = (attribute: string): AwsError =>
  new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    400,
    {queryCode: 'QueueAlreadyExists'},
  );

export const queueDeletedRecently = (): AwsError =>
  new AwsError(
    'QueueDeletedRecently',
    'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
    400,
    old('QueueDeletedRecently'),
  );

export const purgeQueueInProgress = (queueName: string): AwsError =>
  new AwsError(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${queueName} is allowed every 60 seconds.`,
    403,
    old('PurgeQueueInProgress'),
  );

export const invalidAttributeName = (message: string): AwsError =>
  new AwsError('InvalidAttributeName', message);

export const unknownAttribute = (name: string): AwsError =>
  invalidAttributeName(`Unknown Attribute ${name}.`);

export const invalidAttributeValue = (name: string, reason?: string): AwsError =>
  new AwsError(
    'InvalidAttributeValue',
    `Invalid value for the parameter ${name}.${reason === undefined ? '' : ` Reason: ${reason}`}`,
  );

export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

export const invalidValue = (value: unknown, parameter: string, reason: string): AwsError =>
  invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);

/** A parameter that only the other type of queue takes. */
export const invalidForQueueType = (value: unknown, parameter: string): AwsError =>
  invalidValue(value, parameter, 'The request include parameter that is not valid for this queue type.');

export const missingParameter = (name: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);

export const deduplicationIdMissing = (): AwsError =>
  invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );

export const invalidMessageContents = (message: string): AwsError =>
  new AwsError('InvalidMessageContents', message);

export const unsupportedOperation = (message: string): AwsError =>
  new AwsError('UnsupportedOperation', message, 400, old('UnsupportedOperation'));

export const overLimit = (message: string): AwsError => new AwsError('OverLimit', message, 403);

export const receiptHandleIsInvalid = (handle: string): AwsError =>
  new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
    404,
  );

export const receiptHandleExpired = (handle: string): AwsError =>
  invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.');

export const resourceNotFound = (message: string): AwsError =>
  new AwsError('ResourceNotFoundException', message, 404);

export const emptyBatch = (entry: string): AwsError =>
  new AwsError(
    'EmptyBatchRequest',
    `There should be at least one ${entry} in the request.`,
    400,
    old('EmptyBatchRequest'),
  );

export const tooManyEntries = (count: number): AwsError =>
  new AwsError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are 10. You have sent ${count}.`,
    400,
    old('TooManyEntriesInBatchRequest'),
  );

export const invalidBatchEntryId = (): AwsError =>
  new AwsError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    400,
    old('InvalidBatchEntryId'),
  );

export const batchEntryIdsNotDistinct = (id: string): AwsError =>
  new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`, 400, old('BatchEntryIdsNotDistinct'));

export const batchRequestTooLong = (octets: number, limit: number): AwsError =>
  new AwsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${limit} bytes. You have sent ${octets} bytes.`,
    400,
    old('BatchRequestTooLong'),
  );

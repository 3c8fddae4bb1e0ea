// What the value of a key may be ("Quotas in Amazon DynamoDB", partition keys and sort keys).

import {unfit} from './errors.ts';

export type KeyKind = 'partition' | 'sort';

export function checkKeyValue(name: string, value: string, kind: KeyKind): void {
  if (value === '')
    throw unfit(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    );
  const octets = Buffer.byteLength(value);
  const problem =
    kind === 'partition'
      ? octets > 2048 && 'Size of hashkey has exceeded the maximum size limit of2048 bytes'
      : octets > 1024 && 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes';
  if (problem) throw unfit(`One or more parameter values were invalid: ${problem}`);
}

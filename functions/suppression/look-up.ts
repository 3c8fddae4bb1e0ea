// Looks a batch's recipients up in the suppression list. A failure is a value: the gate decides what it means for mail.

import type {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import type {LookUp, SuppressionLook} from '../../shared/delivery/gates/suppression.ts';
import {errorText, type Log} from '../runtime/log.ts';
import {mostKeys, readEntries} from './read-entries.ts';

export const lookUpIn =
  (client: DynamoDBClient, tableName: string, log: Log): LookUp =>
  async keys => {
    const parts: SuppressionLook[] = [];
    // A batch of ten messages has twenty keys.
    for (let start = 0; start < keys.length; start += mostKeys)
      parts.push(await read(keys.slice(start, start + mostKeys)));
    return {
      entries: new Map(parts.flatMap(({entries}) => [...entries])),
      unread: new Set(parts.flatMap(({unread}) => [...unread])),
    };

    async function read(some: readonly string[]): Promise<SuppressionLook> {
      try {
        const look = await readEntries(client, tableName, some);
        if (look.unread.size > 0) complain('DynamoDB leaves some of it for later');
        return look;
      } catch (error) {
        complain(errorText(error));
        return {entries: new Map(), unread: new Set(some)};
      }
    }

    function complain(error: string): void {
      log('error', 'the suppression list cannot be read; mail waits for it', {error});
    }
  };

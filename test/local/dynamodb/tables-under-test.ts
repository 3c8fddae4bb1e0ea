// A DynamoDB with a client of the SDK.

import {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {dynamoDbService} from '../../../local/dynamodb/service.ts';
import type {TableResource} from '../../../local/dynamodb/table-resource.ts';
import {Tables} from '../../../local/dynamodb/tables.ts';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsService} from '../../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {sdkOptions} from '../../sdk-options.ts';

export class TablesUnderTest {
  tables: Tables;
  /** How many requests have come since empty(). */
  calls = 0;
  readonly client: DynamoDBClient;
  readonly #definitions: readonly TableResource[];
  readonly #now: () => number;
  readonly #endpoint: Endpoint;

  static async listen(definitions: readonly TableResource[], now = Date.now): Promise<TablesUnderTest> {
    let answer: AwsService['call'];
    const service = dynamoDbService(new Tables());
    const endpoint = await listen(awsDoors([{...service, call: request => answer(request)}]), {port: 0});
    const cloud = new TablesUnderTest(definitions, now, endpoint);
    answer = request => {
      cloud.calls += 1;
      return dynamoDbService(cloud.tables).call(request);
    };
    return cloud;
  }

  private constructor(definitions: readonly TableResource[], now: () => number, endpoint: Endpoint) {
    this.#definitions = definitions;
    this.#now = now;
    this.#endpoint = endpoint;
    this.client = new DynamoDBClient(sdkOptions(endpoint.url));
    this.tables = new Tables();
  }

  /** Begins with empty tables. */
  empty(): void {
    this.calls = 0;
    this.tables = new Tables({now: this.#now});
    for (const definition of this.#definitions) this.tables.create(definition);
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.#endpoint.close();
  }
}

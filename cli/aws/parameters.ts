// The parameters of a stage, as SSM has them now.

import {paginateGetParametersByPath, type SSMClient} from '@aws-sdk/client-ssm';

export interface StoredParameter {
  /** Below the stage's path: `smarthost-port`. */
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
  readonly version: number;
  readonly modifiedMs: number;
}

/** @param path with its closing slash */
export async function parametersOf(client: SSMClient, path: string): Promise<readonly StoredParameter[]> {
  const parameters: StoredParameter[] = [];
  const query = {Path: path, Recursive: true, WithDecryption: true};
  for await (const page of paginateGetParametersByPath({client}, query))
    for (const {Name = '', Value = '', Type, Version = 0, LastModifiedDate} of page.Parameters ?? [])
      parameters.push({
        name: Name.slice(path.length),
        value: Value,
        isSecret: Type === 'SecureString',
        version: Version,
        modifiedMs: LastModifiedDate?.getTime() ?? 0,
      });
  return parameters;
}

// The parameters of a stage, as SSM has them.

import {GetParametersByPathCommand, type SSMClient} from '@aws-sdk/client-ssm';

export interface StoredParameter {
  /** Below the stage's path: `smarthost-port`. */
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
  readonly version: number;
  readonly changedMs: number;
}

/** @param path with its closing slash */
export async function parametersOf(ssm: SSMClient, path: string): Promise<readonly StoredParameter[]> {
  const parameters: StoredParameter[] = [];
  let token: string | undefined;
  do {
    const page = await ssm.send(
      new GetParametersByPathCommand({Path: path, Recursive: true, WithDecryption: true, NextToken: token}),
    );
    for (const {Name = '', Value = '', Type, Version = 0, LastModifiedDate} of page.Parameters ?? [])
      parameters.push({
        name: Name.slice(path.length),
        value: Value,
        isSecret: Type === 'SecureString',
        version: Version,
        changedMs: LastModifiedDate?.getTime() ?? 0,
      });
    token = page.NextToken;
  } while (token !== undefined);
  return parameters;
}

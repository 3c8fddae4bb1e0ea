// Writes and removes parameters of a stage. A parameter keeps its type, and a SecureString its key.

import {
  DeleteParameterCommand,
  type ParameterMetadata,
  PutParameterCommand,
  paginateDescribeParameters,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import {UsageError} from '../command/problems.ts';

/** "Standard parameters have a value limit of 4 KB. Advanced parameters have a value limit of 8 KB." */
const mostOctets = {Standard: 4096, Advanced: 8192} as const;

interface Put {
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
}

export class ParameterStore {
  readonly #ssm: SSMClient;
  readonly #path: string;
  readonly #about: ReadonlyMap<string, ParameterMetadata>;

  private constructor(ssm: SSMClient, path: string, about: ReadonlyMap<string, ParameterMetadata>) {
    this.#ssm = ssm;
    this.#path = path;
    this.#about = about;
  }

  static async open(ssm: SSMClient, path: string): Promise<ParameterStore> {
    const about = new Map<string, ParameterMetadata>();
    const ParameterFilters = [{Key: 'Path', Option: 'Recursive', Values: [path.replace(/\/$/, '')]}];
    for await (const page of paginateDescribeParameters({client: ssm, pageSize: 50}, {ParameterFilters}))
      for (const each of page.Parameters ?? []) about.set((each.Name ?? '').slice(path.length), each);
    return new ParameterStore(ssm, path, about);
  }

  /** @throws UsageError where SSM would not take the value: nobody wants to learn that half-way */
  check({name, value, isSecret}: Put): void {
    const {Type, Tier} = this.#about.get(name) ?? {};
    if (isSecret && Type !== undefined && Type !== 'SecureString')
      throw new UsageError(`${name} is there as a ${Type}, which SSM cannot make secret: ${insteadOf(name)}`);
    const most = mostOctets[Tier === 'Advanced' ? 'Advanced' : 'Standard'];
    const octets = Buffer.byteLength(value);
    if (octets > most)
      throw new UsageError(`${name} has ${octets} octets, and SSM takes ${most} for this parameter`);
    if (/\{\{.*\}\}/s.test(value))
      throw new UsageError(`${name} has text in double braces, {{ and }}, which SSM does not take`);
  }

  /** @returns its version */
  async put({name, value, isSecret}: Put): Promise<number> {
    const {Type, KeyId} = this.#about.get(name) ?? {};
    const type = Type ?? (isSecret ? 'SecureString' : 'String');
    const {Version = 0} = await this.#ssm.send(
      new PutParameterCommand({
        Name: `${this.#path}${name}`,
        Value: value,
        Type: type,
        Overwrite: true,
        // Without it SSM would take the account's own key.
        ...(type === 'SecureString' && KeyId !== undefined && {KeyId}),
      }),
    );
    return Version;
  }

  async remove(name: string): Promise<void> {
    try {
      await this.#ssm.send(new DeleteParameterCommand({Name: `${this.#path}${name}`}));
    } catch (error) {
      // Somebody else was faster, or a first try was not in vain.
      if ((error as Error).name !== 'ParameterNotFound') throw error;
    }
  }
}

/** "After deleting a parameter, wait for at least 30 seconds to create a parameter with the same name." */
const insteadOf = (name: string): string =>
  name.startsWith('smarthost-') && name !== 'smarthost-url'
    ? 'put all of it into smarthost-url, as a URL, which counts before the others'
    : `remove it with relayq unset ${name}, and set it half a minute later`;

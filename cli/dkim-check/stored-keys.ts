// The keys of a domain that a stage signs with, as SSM has them.

import type {SSMClient} from '@aws-sdk/client-ssm';
import {parseSelector} from '../../shared/dkim/key-name.ts';
import {type PrivateKey, parsePrivateKey} from '../../shared/dkim/private-key.ts';
import {namesOf} from '../../shared/names.ts';
import {type Parsed, wrong} from '../../shared/parsed.ts';
import {parametersOf} from '../aws/parameters.ts';

export interface StoredKey {
  readonly domain: string;
  readonly selector: string;
  readonly key: Parsed<PrivateKey>;
  /** A SecureString. */
  readonly isSecret: boolean;
}

/** The domain's own; where it has none, those of the next domain above it that has some. */
export async function storedKeysFor(
  ssm: SSMClient,
  stage: string,
  domain: string,
): Promise<readonly StoredKey[]> {
  for (const each of [domain, ...above(domain)]) {
    const keys = await storedKeysOf(ssm, stage, each);
    if (keys.length > 0) return keys;
  }
  return [];
}

/** Others may choose the domain: no more names than this are asked about. */
const mostAbove = 5;

/** The domains above it, the nearest first. A key of a whole top-level domain is nobody's. */
const above = (domain: string): readonly string[] => {
  const labels = domain.split('.');
  return labels
    .map((_, at) => labels.slice(at).join('.'))
    .slice(1, -1)
    .slice(-mostAbove);
};

async function storedKeysOf(ssm: SSMClient, stage: string, domain: string): Promise<readonly StoredKey[]> {
  const parameters = await parametersOf(ssm, `${namesOf(stage).dkimPath}${domain}/`);
  return parameters.map(({name, value, isSecret}) => {
    const selector = parseSelector(name);
    return selector.ok
      ? {domain, selector: selector.value, key: parsePrivateKey(value), isSecret}
      : {
          domain,
          selector: name,
          key: wrong('has a name that is no selector, so that nothing is signed with it'),
          isSecret,
        };
  });
}

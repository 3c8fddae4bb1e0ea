// What is to be imported: keys that can be read, once each, and that take no other key's place unless that is wanted.

import {recordNameOf} from '../../../shared/dkim/key-name.ts';
import {parsePrivateKey} from '../../../shared/dkim/private-key.ts';
import type {DkimKey} from '../../../shared/dkim/signature.ts';
import {fullName} from '../key-text.ts';
import type {StoredKey} from '../stored-key.ts';
import type {Found, FoundProblem} from './found-key.ts';

export interface PlacedKey extends DkimKey {
  readonly where: string;
}

export interface ReadKeys {
  readonly keys: readonly PlacedKey[];
  readonly problems: readonly FoundProblem[];
  readonly warnings: readonly FoundProblem[];
}

export function readKeys(found: Found): ReadKeys {
  const keys = new Map<string, PlacedKey>();
  const problems = [...found.problems];
  const warnings = [...found.warnings];
  for (const {where, domain, selector, text} of found.keys) {
    const parsed = parsePrivateKey(text);
    if (!parsed.ok) {
      problems.push({where, problem: parsed.problem});
      continue;
    }
    const {privateKey, warning} = parsed.value;
    if (warning !== undefined) warnings.push({where, problem: warning});
    const key = {where, domain, selector, privateKey};
    const same = keys.get(recordNameOf(key));
    if (same === undefined) keys.set(recordNameOf(key), key);
    else if (!same.privateKey.equals(privateKey))
      problems.push({where, problem: `is another key ${fullName(key)} than that of ${same.where}`});
  }
  return {keys: [...keys.values()], problems, warnings};
}

export interface ImportPlan {
  readonly added: readonly PlacedKey[];
  /** Each takes the place of another one. */
  readonly replaced: readonly PlacedKey[];
  /** They are there. */
  readonly same: readonly PlacedKey[];
  readonly problems: readonly FoundProblem[];
}

export function importPlanOf(
  keys: readonly PlacedKey[],
  storedOf: (domain: string) => readonly StoredKey[],
  isReplacing: boolean,
): ImportPlan {
  const plan = {
    added: [] as PlacedKey[],
    replaced: [] as PlacedKey[],
    same: [] as PlacedKey[],
    problems: [] as FoundProblem[],
  };
  for (const key of keys) {
    const {where, domain, selector, privateKey} = key;
    const stored = storedOf(domain).filter(each => each.selector.toLowerCase() === selector);
    const active = stored.find(({state}) => state === 'active');
    const other = stored.find(({state}) => state !== 'active');
    if (other !== undefined) {
      const problem = `is the key ${fullName(key)}, which is there as one that is ${other.state}: relayq dkim remove ${domain} ${selector} comes first`;
      plan.problems.push({where, problem});
    } else if (active === undefined) plan.added.push(key);
    else if (active.privateKey.ok && active.privateKey.value.equals(privateKey)) plan.same.push(key);
    else if (isReplacing) plan.replaced.push(key);
    else
      plan.problems.push({
        where,
        problem: `is another key than the ${fullName(key)} that is there: --replace puts it in its place`,
      });
  }
  return plan;
}

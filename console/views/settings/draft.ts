// Changes that are typed and not yet written.

import type {Setting} from '../../data/documents.ts';

/** By name; null removes a setting, so that its default counts. */
export type Draft = Readonly<Record<string, string | null>>;

export const withChange = (draft: Draft, name: string, value: string | null): Draft => ({
  ...draft,
  [name]: value,
});

export function withoutChange(draft: Draft, name: string): Draft {
  const {[name]: _, ...rest} = draft;
  return rest;
}

/** As it can be sent: what is empty is no value, and what would change nothing is no change. */
export function changesOf(draft: Draft, settings: readonly Setting[]): Draft {
  const entries = Object.entries(draft).map(([name, text]) => {
    const value = text === null || text.trim() === '' ? null : text;
    return [name, value] as const;
  });
  return Object.fromEntries(
    entries.filter(([name, value]) => {
      const setting = settings.find(each => each.name === name);
      const isSet = setting?.source === 'parameter';
      return value === null ? isSet : value !== setting?.value;
    }),
  );
}

const secretName = /(?:pass|pwd|secret|token|key)[a-z]*$/i;
/** What must not be seen while it is typed. */
export const isSecretField = (name: string, isSecret: boolean | undefined): boolean =>
  isSecret === true || secretName.test(name);

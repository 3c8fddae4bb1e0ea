// Changes that are typed and not yet written.

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

/** As it can be sent: what is empty is no value. */
export const changesOf = (draft: Draft): Draft =>
  Object.fromEntries(
    Object.entries(draft).map(([name, value]) => [
      name,
      value === null || value.trim() === '' ? null : value,
    ]),
  );

const secretName = /(?:pass|pwd|secret|token|key)[a-z]*$/i;
/** What must not be seen while it is typed. */
export const isSecretField = (name: string, isSecret: boolean | undefined): boolean =>
  isSecret === true || secretName.test(name);

// The properties of a resource, once their intrinsic functions are resolved. A property that would change what
// happens and is not known here is refused rather than ignored.

export type Properties = Readonly<Record<string, unknown>>;

/** @throws Error */
export function refuseUnknown(properties: Properties, known: readonly string[]): void {
  const unknown = Object.keys(properties).filter(name => !known.includes(name));
  if (unknown.length > 0) throw new Error(`the local cloud does not know ${unknown.join(', ')}`);
}

/** @throws Error */
export function stringOf(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value !== 'string' || value === '') throw new Error(`${name} must be a string`);
  return value;
}

/** @throws Error */
export function countOf(properties: Properties, name: string, otherwise: number): number {
  const value = properties[name] ?? otherwise;
  if (!Number.isInteger(Number(value)) || Number(value) < 0) throw new Error(`${name} must be a number`);
  return Number(value);
}

export const tagsOf = (tags: unknown): Record<string, string> =>
  Object.fromEntries(((tags ?? []) as {Key: string; Value: string}[]).map(({Key, Value}) => [Key, Value]));

// The wildcards of IAM: `*` for any characters, `?` for one (IAM User Guide, "IAM JSON policy elements: Resource"). A
// pattern becomes a test when its policy is read.

export type Test = (text: string) => boolean;

/** @throws Error for a policy variable, such as `${aws:username}`: they are not known here */
export function refuseVariables(text: string): void {
  if (text.includes('${')) throw new Error(`policy variables are not known to the local cloud: ${text}`);
}

/** @throws Error for a policy variable */
export function wildcard(pattern: string, {ignoreCase = false} = {}): Test {
  refuseVariables(pattern);
  if (!/[*?]/.test(pattern)) {
    if (!ignoreCase) return text => text === pattern;
    const lower = pattern.toLowerCase();
    return text => text.toLowerCase() === lower;
  }
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('?', '.')
    .replace(/\*+/g, '.*');
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
  return text => expression.test(text);
}

/** Splits `arn:partition:service:region:account:` and the rest, which may have colons itself. */
const segmentsOf = (arn: string): readonly string[] => {
  const segments = arn.split(':');
  return [...segments.slice(0, 5), segments.slice(5).join(':')];
};

/** Tests each segment: only in the last one a wildcard spans colons (same page). @throws Error when incomplete */
export function arnPattern(pattern: string): Test {
  if (pattern === '*') return () => true;
  if (pattern.split(':').length < 6) throw new Error(`not a whole ARN: ${pattern}`);
  const tests = segmentsOf(pattern).map(segment => wildcard(segment));
  return arn => segmentsOf(arn).every((segment, index) => tests[index]?.(segment) ?? false);
}

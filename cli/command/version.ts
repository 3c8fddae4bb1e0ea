// The version of relayq, and the Node.js that it needs. Older ones have to understand this file, to be told so.

import {createRequire} from 'node:module';

interface Package {
  readonly version: string;
  /** Of one form: `>=22.12.0`. */
  readonly engines: {readonly node: string};
}

// Both the checkout and the package know their files by the package's name.
const {version: ofPackage, engines} = createRequire(import.meta.url)('relayq/package.json') as Package;

export const version = ofPackage;

const numbersOf = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number);

/** @returns what to say to whoever has a Node.js that is too old */
export function nodeProblemOf(given: string): string | undefined {
  const [major = 0, minor = 0] = numbersOf(given);
  const [leastMajor = 0, leastMinor = 0] = numbersOf(engines.node);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `relayq needs Node.js ${leastMajor}.${leastMinor} or later; this is ${given}`;
}

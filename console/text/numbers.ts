// Numbers for people.

export const numberOf = (value: number): string => value.toLocaleString('en');

/** `1 message`, `2,000 messages` */
export const countOf = (count: number, noun: string, plural = `${noun}s`): string =>
  `${numberOf(count)} ${count === 1 ? noun : plural}`;

const sizes = [
  {name: 'GB', octets: 1e9},
  {name: 'MB', octets: 1e6},
  {name: 'kB', octets: 1e3},
] as const;

export function sizeOf(octets: number): string {
  const unit = sizes.find(each => octets >= each.octets);
  return unit === undefined ? `${octets} B` : `${(octets / unit.octets).toFixed(1)} ${unit.name}`;
}

/** A share in percent, with one digit where it is small. */
export function shareOf(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * part) / whole;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

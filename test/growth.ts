// How the cost of something grows with what it is given. It is counted in processor time of this process, which a
// busy machine does not add to.

const cpuMs = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** At best: nothing makes it cost less than it needs. */
const leastMs = (work: () => unknown): number => Math.min(...[1, 2, 3].map(() => cpuMs(work)));

/**
 * How many times as much ten times the size costs: ten or so where time is proportional to size, a hundred where it
 * is to its square. What costs next to nothing counts as a little.
 */
export function growthOf(work: (size: number) => unknown, size: number): number {
  const small = leastMs(() => work(size));
  const large = leastMs(() => work(10 * size));
  return large / Math.max(small, 2);
}

/** Between ten and a hundred, with room on both sides. */
export const linear = 40;

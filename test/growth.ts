// How the cost of something grows with what it is given. It is counted in processor time of this process, which a
// busy machine does not add to.

const cpuMs = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** At best: nothing makes it cost less than it needs. It is not tried again once it costs no more than `enoughMs`. */
function leastMs(work: () => unknown, enoughMs = 0): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least > enoughMs; tries += 1) least = Math.min(least, cpuMs(work));
  return least;
}

/** Between ten and a hundred, with room on both sides. */
export const linear = 40;

/**
 * How many times as much ten times the size costs: ten or so where time is proportional to size, a hundred where it
 * is to its square. What costs next to nothing counts as a little.
 */
export function growthOf(work: (size: number) => unknown, size: number): number {
  const small = Math.max(
    leastMs(() => work(size)),
    2,
  );
  return leastMs(() => work(10 * size), (linear * small) / 2) / small;
}

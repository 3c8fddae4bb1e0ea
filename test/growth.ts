// How the cost of something grows with what it is given. It is counted in processor time of this process, which a
// busy machine does not add to.

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** At best: nothing makes it cost less than it needs. It is not tried again once it costs no more than `enoughMs`. */
function leastMs(work: () => unknown, enoughMs = 0): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least > enoughMs; tries += 1) least = Math.min(least, cpuMs(work));
  return least;
}

/** Less than this is noise. */
const noiseMs = 3;
/** Between ten and a hundred, with room on both sides. */
export const linear = 30;

/**
 * How many times as much ten times the size costs: ten or so where time is proportional to size, a hundred where it
 * is to its square. What looks steep is measured again, as the garbage collector may have run in one measurement and
 * not in the other, and then with more: what fits into a processor's caches, or is dead before the garbage collector first
 * runs, costs less than its share. What is steep is so each time. Texts stay within the size
 * of a message: what is refused for its size costs nothing.
 * @param workOf prepares the work of a size; only the work itself counts
 * @param mostSize up to this the size is doubled while the work costs next to nothing
 */
export function growthOf(workOf: (size: number) => () => unknown, size: number, mostSize = size): number {
  let least = Number.POSITIVE_INFINITY;
  for (const times of [1, 1, 2, 4, 8]) {
    if (least <= linear) break;
    least = Math.min(least, growthOnce(workOf, times * size, mostSize));
  }
  return least;
}

function growthOnce(workOf: (size: number) => () => unknown, size: number, mostSize: number): number {
  let at = size;
  let small = leastMs(workOf(at));
  while (small < noiseMs && at < mostSize) {
    at *= 2;
    small = leastMs(workOf(at));
  }
  small = Math.max(small, noiseMs);
  return leastMs(workOf(10 * at), (linear / 2) * small) / small;
}

// Loaded into functions before their own code: timers of ten seconds or longer end after 1.2 seconds. A stage
// waits ten seconds at a time, so that its time passes within a test, and still is what a slow machine needs.

const {setTimeout: wait} = globalThis;
const longMs = 10_000;
const shorterMs = 1_200;

globalThis.setTimeout = Object.assign(
  (done: () => void, ms = 0, ...given: []) => wait(done, ms >= longMs ? shorterMs : ms, ...given),
  wait,
);

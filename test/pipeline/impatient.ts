// Loaded into functions before their own code: timers of half a minute or longer end after fifteen seconds. So the
// time-outs of the stages pass within a test, and still give a slow machine the time that each stage needs.

const {setTimeout: wait} = globalThis;
const longMs = 30_000;
const shorterMs = 15_000;

globalThis.setTimeout = Object.assign(
  (done: () => void, ms = 0, ...given: []) => wait(done, ms >= longMs ? shorterMs : ms, ...given),
  wait,
);

// Loaded into functions before their own code: what they would wait for for half a minute or longer, they wait for for
// fifteen seconds. The time-outs of the stages then pass within a test, and leave each stage what a slow machine needs.

const {setTimeout: wait} = globalThis;
const longMs = 30_000;
const shorterMs = 15_000;

globalThis.setTimeout = Object.assign(
  (done: () => void, ms = 0, ...given: []) => wait(done, ms >= longMs ? shorterMs : ms, ...given),
  wait,
);

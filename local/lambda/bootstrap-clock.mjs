// The clock of a function whose cloud has a test clock: that of the machine, so much ahead. It must be loaded before
// the handler, which may keep Date.now.

const MachineDate = Date;
let aheadMs = 0;

/** From now on Date tells the time of the cloud. */
export function followCloud() {
  globalThis.Date = class extends MachineDate {
    constructor(...values) {
      if (values.length === 0) super(MachineDate.now() + aheadMs);
      else super(...values);
    }

    static now() {
      return MachineDate.now() + aheadMs;
    }
  };
}

export function putForward(ms) {
  aheadMs = ms;
}

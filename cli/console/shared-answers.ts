// Answers that several ask for at once are asked for once, and some are kept for a moment: ten open pages cost as much as
// one. Nothing is asked for while nobody waits for it.

interface Work {
  readonly answer: Promise<unknown>;
  readonly stop: AbortController;
  waiting: number;
}

export interface Question<T> {
  /** How long the answer is good; 0 where it is not kept. */
  readonly keptMs: number;
  readonly withinMs: number;
  /** Aborted when whoever asks does not wait any more. */
  readonly signal: AbortSignal;
  ask(signal: AbortSignal): Promise<T>;
}

const mostKept = 50;

export class SharedAnswers {
  readonly #now: () => number;
  readonly #working = new Map<string, Work>();
  readonly #kept = new Map<string, {readonly answer: unknown; readonly untilMs: number}>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param key the same for what has the same answer */
  async to<T>(key: string, question: Question<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.untilMs > this.#now()) return kept.answer as T;
    const work = this.#working.get(key) ?? this.#begin(key, question);
    work.waiting++;
    try {
      return (await orAborted(work.answer, question.signal)) as T;
    } finally {
      work.waiting--;
      if (work.waiting === 0) {
        work.stop.abort();
        this.#end(key, work);
      }
    }
  }

  /** After a change nothing is as it was. */
  forget(): void {
    this.#kept.clear();
    // What was asked for before it may have seen the old state: those who come now ask again.
    this.#working.clear();
  }

  #begin<T>(key: string, {keptMs, withinMs, ask}: Question<T>): Work {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(withinMs)]);
    const answer = orAborted(ask(signal), signal);
    const work: Work = {answer, stop, waiting: 0};
    this.#working.set(key, work);
    answer.then(
      value => {
        if (keptMs > 0 && this.#working.get(key) === work) this.#keep(key, value, keptMs);
        this.#end(key, work);
      },
      () => this.#end(key, work),
    );
    return work;
  }

  #end(key: string, work: Work): void {
    if (this.#working.get(key) === work) this.#working.delete(key);
  }

  #keep(key: string, answer: unknown, keptMs: number): void {
    const nowMs = this.#now();
    for (const [each, {untilMs}] of this.#kept) if (untilMs <= nowMs) this.#kept.delete(each);
    if (this.#kept.size < mostKept) this.#kept.set(key, {answer, untilMs: nowMs + keptMs});
  }
}

/** Not every call can be aborted: then its answer is not waited for. */
export async function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const {promise: aborted, reject} = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, {once: true});
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Nobody may be left who would hear of it.
    answer.catch(() => {});
  }
}

// An answer of the server that is asked for again and again, while somebody looks. What was known stays when the next
// answer is a refusal: old numbers with their age are worth more than none.

import {useCallback, useEffect, useRef, useState} from 'preact/hooks';
import {ApiProblem, get, post} from './api.ts';

export interface Polled<T> {
  readonly data: T | undefined;
  /** When the data came, by this machine's clock. */
  readonly atMs: number | undefined;
  readonly problem: ApiProblem | undefined;
  readonly isLoading: boolean;
  /** Asks now. */
  refresh(): void;
}

interface State<T> {
  readonly question: string | undefined;
  readonly data?: T;
  readonly atMs?: number;
  readonly problem?: ApiProblem | undefined;
  readonly isLoading: boolean;
}

/** How much longer it waits after each refusal. */
const patience = 2;
const longestWaitMs = 60_000;

/**
 * @param path what is asked for; undefined asks for nothing
 * @param everyMs how long after an answer; undefined asks once
 * @param isPaid a person wants it at its price
 */
export function usePolled<T>(
  path: string | undefined,
  everyMs: number | undefined,
  isPaid = false,
): Polled<T> {
  const question = isPaid ? `${path} at its price` : path;
  const [state, setState] = useState<State<T>>({question, isLoading: path !== undefined});
  const askNow = useRef(() => {});

  useEffect(() => {
    if (path === undefined) {
      setState({question, isLoading: false});
      return;
    }
    const ask = (signal: AbortSignal) =>
      isPaid ? post<T>(path, {spend: true}, signal) : get<T>(path, signal);
    const poll = startPoll(ask, everyMs, change =>
      setState(before => ({
        ...(before.question === question ? before : {question}),
        ...change,
        isLoading: change.isLoading ?? false,
      })),
    );
    askNow.current = poll.ask;
    return poll.stop;
  }, [question, everyMs]);

  const refresh = useCallback(() => askNow.current(), []);
  // What belongs to another question is not shown under this one.
  const isOfThis = state.question === question;
  const {data, atMs, problem, isLoading} = isOfThis ? state : ({isLoading: true} as State<T>);
  return {data, atMs, problem, isLoading, refresh};
}

function startPoll<T>(
  question: (signal: AbortSignal) => Promise<T>,
  everyMs: number | undefined,
  tell: (change: Partial<State<T>>) => void,
): {ask(): void; stop(): void} {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;
  let refusals = 0;
  let isDue = true;

  async function ask(): Promise<void> {
    clearTimeout(timer);
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    isDue = false;
    tell({isLoading: true});
    try {
      const data = await question(mine.signal);
      if (asking !== mine) return;
      refusals = 0;
      tell({data, atMs: Date.now(), problem: undefined});
    } catch (error) {
      if (asking !== mine) return;
      refusals += 1;
      tell({problem: error instanceof ApiProblem ? error : new ApiProblem('failed', String(error))});
    }
    asking = undefined;
    plan();
  }

  function plan(): void {
    if (everyMs === undefined) return;
    const waitMs = Math.min(everyMs * patience ** refusals, Math.max(everyMs, longestWaitMs));
    timer = setTimeout(() => {
      isDue = true;
      if (!document.hidden) void ask();
    }, waitMs);
  }

  const onSight = () => {
    if (!document.hidden && isDue) void ask();
  };
  document.addEventListener('visibilitychange', onSight);
  onSight();
  return {
    ask: () => void ask(),
    stop: () => {
      document.removeEventListener('visibilitychange', onSight);
      clearTimeout(timer);
      asking?.abort();
      asking = undefined;
    },
  };
}

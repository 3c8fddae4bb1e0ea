// One clock for all ages that are shown. It stands while nobody sees the page.

import {useEffect, useState} from 'preact/hooks';

const listeners = new Set<(nowMs: number) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

const tick = (): void => {
  const nowMs = Date.now();
  for (const listener of listeners) listener(nowMs);
};

function adjust(): void {
  const wanted = listeners.size > 0 && !document.hidden;
  if (wanted === (timer !== undefined)) return;
  clearInterval(timer);
  timer = wanted ? setInterval(tick, 1000) : undefined;
  if (wanted) tick();
}

document.addEventListener('visibilitychange', adjust);

/** The time, once a second. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    listeners.add(setNowMs);
    adjust();
    return () => {
      listeners.delete(setNowMs);
      adjust();
    };
  }, []);
  return nowMs;
}

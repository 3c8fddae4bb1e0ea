// A time: local for the eye, UTC on hover and for who copies it (see app/copied-times.ts).

import {useNow} from '../data/clock.ts';
import {durationOf, localTimeOf, msOf, utcTextOf} from '../text/times.ts';

export function Time({ms, time}: {readonly ms?: number; readonly time?: string}) {
  const at = ms ?? (time === undefined ? undefined : msOf(time));
  if (at === undefined) return <>{time ?? '–'}</>;
  return (
    <time dateTime={new Date(at).toISOString()} title={utcTextOf(at)}>
      {localTimeOf(at, Date.now())}
    </time>
  );
}

/** `12 s ago`, and goes on. */
export function Age({ms}: {readonly ms: number}) {
  const nowMs = useNow();
  const seconds = (nowMs - ms) / 1000;
  return (
    <span title={utcTextOf(ms)} class="age">
      {seconds < 2 ? 'just now' : `${durationOf(seconds)} ago`}
    </span>
  );
}

/** `in 9 min`, or that it is over. */
export function Until({time}: {readonly time: string}) {
  const nowMs = useNow();
  const ms = msOf(time);
  if (ms === undefined) return <>{time}</>;
  const seconds = Math.ceil((ms - nowMs) / 1000);
  return <span title={utcTextOf(ms)}>{seconds > 0 ? `in ${durationOf(seconds)}` : 'due now'}</span>;
}

// Who copies a part of a view gets its times in UTC: the text will be read elsewhere.

import {utcTextOf} from '../text/times.ts';

export const keepCopiedTimesUtc = (): void => document.addEventListener('copy', onCopy);

function onCopy(event: ClipboardEvent): void {
  const {target} = event;
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || event.clipboardData === null) return;
  const times = [...document.querySelectorAll('time')].filter(
    time => time.firstChild instanceof Text && selection.containsNode(time, false),
  );
  if (times.length === 0) return;
  const texts = times.map(({firstChild}) => firstChild as Text);
  const before = texts.map(({data}) => data);
  times.forEach((time, at) => {
    texts[at]!.data = utcTextOf(Date.parse(time.dateTime));
  });
  event.clipboardData.setData('text/plain', selection.toString());
  texts.forEach((text, at) => {
    text.data = before[at]!;
  });
  event.preventDefault();
}

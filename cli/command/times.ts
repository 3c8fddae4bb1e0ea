// Times as commands show them: in UTC, or in the zone of this machine.

/** @returns a function that takes UTC as `2026-01-31 12:34:56` */
export const timeOfZone =
  (isLocal: boolean) =>
  (utcTime: string): string => {
    if (!isLocal) return `${utcTime}Z`;
    const date = new Date(`${utcTime.replace(' ', 'T')}Z`);
    const two = (value: number) => String(value).padStart(2, '0');
    const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
    return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
  };

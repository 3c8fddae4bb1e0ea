// Replies to RCPT as the recipient says: `bounce…@` is refused for good, `later…@` is put off once, `later-2@` twice
// and `never…@` always. All others are taken. For scripted servers.

/** @param tries counts how often each recipient was named */
export function recipientSays(tries = new Map<string, number>()): (line: string) => string {
  return line => {
    const recipient = /<(.*)>/.exec(line)![1]!;
    const count = (tries.get(recipient) ?? 0) + 1;
    tries.set(recipient, count);
    if (recipient.startsWith('bounce')) return '550 5.1.1 no such user';
    const later = /^later(?:-(\d)@)?/.exec(recipient);
    const isPutOff = later !== null && count <= Number(later[1] ?? 1);
    return isPutOff || recipient.startsWith('never') ? '451 4.7.1 greylisted' : '250 2.1.5 ok';
  };
}

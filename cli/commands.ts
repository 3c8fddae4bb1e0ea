// The commands, in the order of the help. Only the one that runs is loaded: all of them are most of what a start costs.

import type {AddCommand} from './command/command.ts';

/** By the first word of the command line. */
const commands: ReadonlyMap<string, () => Promise<AddCommand>> = new Map([
  ['status', async () => (await import('./status/status.ts')).status],
  ['top', async () => (await import('./status/status.ts')).top],
  ['explain', async () => (await import('./explain/explain.ts')).explain],
  ['trace', async () => (await import('./trace/trace.ts')).trace],
  ['settings', async () => (await import('./settings/settings.ts')).settings],
  ['set', async () => (await import('./settings/settings.ts')).set],
  ['unset', async () => (await import('./settings/settings.ts')).unset],
  ['pause', async () => (await import('./steering/steer.ts')).pause],
  ['resume', async () => (await import('./steering/steer.ts')).resume],
  ['cancel', async () => (await import('./steering/steer.ts')).cancel],
  ['hold', async () => (await import('./steering/hold.ts')).hold],
  ['dead-letters', async () => (await import('./dead-letters/dead-letters.ts')).deadLetters],
  ['dkim', async () => (await import('./dkim/dkim.ts')).dkim],
  ['suppress', async () => (await import('./suppress/suppress.ts')).suppress],
  ['adopt', async () => (await import('./adopt/adopt.ts')).adopt],
  ['send', async () => (await import('./send/send.ts')).send],
  ['smtp', async () => (await import('./smtp/smtp.ts')).smtp],
  ['preflight', async () => (await import('./preflight/preflight.ts')).preflight],
  ['tail', async () => (await import('./tail/tail.ts')).tail],
  ['smoke', async () => (await import('./smoke/smoke.ts')).smoke],
  ['console', async () => (await import('./console/console.ts')).browserConsole],
  ['completion', async () => (await import('./completion/completion.ts')).completion],
]);

/** Those that a command line may need: all of them where it names none, as the help and the completion do. */
export function commandsFor(name: string | undefined): Promise<readonly AddCommand[]> {
  const named = commands.get(name ?? '');
  return Promise.all((named === undefined ? [...commands.values()] : [named]).map(load => load()));
}

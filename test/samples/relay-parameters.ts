// The parameters that make a server the stage's smarthost or sink.

/** As a message names its own smarthost. */
export interface Relay {
  readonly hostname: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
}

export type Parameters = Readonly<Record<string, string>>;

/** Without a hostname it is on this machine. */
type Somewhere = Partial<Relay> & {readonly port: number};

export const smarthostParameters = (relay: Somewhere): Parameters =>
  parametersOf(relay, 'smarthost', 'smarthost');

export const sinkParameters = (relay: Somewhere): Parameters =>
  parametersOf(relay, 'smtp-sink', 'smtp-sink-ip');

const parametersOf = (
  {hostname = '127.0.0.1', port, username, password}: Somewhere,
  prefix: string,
  host: string,
): Parameters => ({
  [host]: hostname,
  [`${prefix}-port`]: String(port),
  ...(username && {[`${prefix}-username`]: username}),
  ...(password && {[`${prefix}-password`]: password}),
});

// The settings with which mail goes to the MX of its domain, on the make-believe internet.

export interface Internet {
  readonly dnsPort: number;
  /** Where its servers listen. */
  readonly smtpPort: number;
}

export const directSettings = ({dnsPort, smtpPort}: Internet): Readonly<Record<string, string>> => ({
  'mx-name-servers': `127.0.0.1:${dnsPort}`,
  'mx-port': String(smtpPort),
  'mx-private-addresses': 'allowed',
  'helo-name': 'relayq.bench.test',
});

// What a client is told when something does not work out: code, enhanced status (RFC 3463) and words.

export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** smtp-server puts it in front. */
  readonly responseCode: number;

  /** @param text begins with the enhanced status */
  constructor(responseCode: number, text: `${2 | 4 | 5}.${number}.${number} ${string}`) {
    super(text);
    this.responseCode = responseCode;
  }
}

/** Whether the text of a reply says its status itself. */
export const saysStatus = (text: unknown): boolean =>
  typeof text === 'string' && /^[245]\.\d{1,3}\.\d{1,3} /.test(text);

// Messages as producers put them on the outbox.

export const textOf = (subject: string | number) => `Subject: ${subject}\r\n\r\nbody\r\n`;

export const mailTo = (recipient: string, properties: object = {}) => ({
  envelope: 'from@example.com',
  recipient,
  mime: textOf('hello'),
  ...properties,
});

// What is wrong with a mail, or with how it is to be sent, in words for whoever sends it. Nothing of the mail was queued.

export class MailProblem extends Error {
  override readonly name = 'MailProblem';
}

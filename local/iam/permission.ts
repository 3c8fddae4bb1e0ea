// An action on a resource: what a request has to be allowed.

export interface Permission {
  /** `sqs:SendMessage` */
  readonly action: string;
  /** An ARN, or `*` for an action that has no resource. */
  readonly resource: string;
}

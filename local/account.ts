// The account and the region that everything of the local cloud belongs to.

export interface Account {
  readonly region: string;
  readonly accountId: string;
}

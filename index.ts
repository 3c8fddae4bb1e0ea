// What whoever has the package can import: what everything of a stage is called, and what messages and results look like.

export type {PublishedEntry, PublishedResult} from './shared/delivery/published-result.ts';
export type {OutboxDkim, OutboxMessage, OutboxSmarthost} from './shared/message/outbox-message.ts';
export {type Names, namesOf} from './shared/names.ts';

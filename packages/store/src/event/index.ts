export { findEvents, insertEvent, lastEventSeq, type NewEvent, publishEvents } from './event.repository.ts'

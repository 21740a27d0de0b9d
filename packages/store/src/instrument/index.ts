export {
  findInstrument,
  type Instrument,
  listInstruments,
  upsertInstrument,
} from './instrument.repository.ts'

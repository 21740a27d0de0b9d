/** Node's codes of a connection that was refused or lost, and Postgres's for shutting down, starting up and being full. */
const CODES =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|57P0[123]|53100|53300|08\w{3})$/
/** What pg says without a code: a connection that ended, and none to be had in time. */
const MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/

/** Whether a query failed because Postgres is away for the moment and not because of what was asked. */
export const isDatabaseAway = (error: unknown): boolean =>
  error instanceof Error &&
  (MESSAGES.test(error.message) ||
    ('code' in error && typeof error.code === 'string' && CODES.test(error.code)))

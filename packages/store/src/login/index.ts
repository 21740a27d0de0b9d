export {
  createLoginCode,
  deleteSession,
  findSession,
  redeemLoginCode,
  SESSION_SECONDS,
} from './login.repository.ts'

import { readClientConfig } from '../config.ts'
import { type ApiClient, createApiClient } from './api-client.ts'

/** The API named by BOTCRIPTOFY_URL, with the key of BOTCRIPTOFY_KEY. */
export const connect = (): ApiClient => {
  const config = readClientConfig()
  return createApiClient({ url: config.BOTCRIPTOFY_URL, key: config.BOTCRIPTOFY_KEY })
}

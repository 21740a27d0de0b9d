export { canonicalJson } from '@botcriptofy/engine/kernel'
export { DEFAULT_PAGE_SIZE, type Page, pageOf, pageQuery } from './page.ts'
export { idempotencyHeaders, idParams, msQuery } from './request.ts'

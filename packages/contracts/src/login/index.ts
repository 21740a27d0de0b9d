export { loginQuery } from './login.http.ts'

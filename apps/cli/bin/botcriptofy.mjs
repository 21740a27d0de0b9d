#!/usr/bin/env node
// A tracked file, because npm makes no link to a bin target that does not exist yet at install.
try {
  await import('../dist/main.js')
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
  process.stderr.write(
    `botcriptofy is not installed and built here: run npm ci && npm run build, or npm start (${error.message})\n`,
  )
  process.exitCode = 1
}

#!/usr/bin/env node
// A tracked file, because npm makes no link to a bin target that does not exist yet at install.
await import('../dist/main.js')

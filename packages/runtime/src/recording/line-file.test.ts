import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openLineFile } from './line-file.ts'

const newPath = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'lines-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return join(directory, 'x.gz')
}
const unpacked = (path: string) => gunzipSync(readFileSync(path)).toString('utf8')
const noFailure = (error: unknown) => {
  throw error
}

describe('a file of lines', () => {
  it('can be read while it grows, as a killed process would leave it', async () => {
    const path = newPath()
    const file = openLineFile({ path, flushMs: 1, onFailure: noFailure })
    file.add('one')
    file.add('two')
    await vi.waitFor(() => expect(unpacked(path)).toBe('one\ntwo\n'))
    file.add('three')
    await vi.waitFor(() => expect(unpacked(path)).toBe('one\ntwo\nthree\n'))
    expect(file.bytes()).toBe(readFileSync(path).length)
    await file.close()
  })

  it('holds no more than so much, and takes lines again when there is room', async () => {
    const path = newPath()
    const file = openLineFile({ path, flushMs: 1, mostWaiting: 10, onFailure: noFailure })
    expect([file.add('12345678'), file.add('123'), file.add('12')]).toEqual([true, false, true])
    await vi.waitFor(() => expect(file.add('later')).toBe(true))
    await file.close()
    expect(unpacked(path)).toBe('12345678\n12\nlater\n')
  })

  it.skipIf(!existsSync('/dev/full'))('tells once of a disk that fails, and takes no more', async () => {
    const failures: unknown[] = []
    const path = '/dev/full'
    const file = openLineFile({ path, flushMs: 1, onFailure: (error) => failures.push(error) })
    file.add('one')
    await vi.waitFor(() => expect(failures).toHaveLength(1))
    expect(failures[0]).toMatchObject({ code: 'ENOSPC' })
    expect(file.add('two')).toBe(false)
    await file.close()
    expect(failures).toHaveLength(1)
  })
})

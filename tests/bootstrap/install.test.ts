import { describe, expect, test } from 'vitest'
import { missingEntries, platformOf } from '../../scripts/complete-lock.mjs'
import { fingerprint, installEnvironment, isComplete, isIncompleteLock } from '../../scripts/install.mjs'
import { requireNode } from '../../scripts/node-version.mjs'

const refusal = [
  'npm error code EUSAGE',
  'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
  'npm error Missing: @turbo/darwin-64@ from lock file',
].join('\n')

describe('installing', () => {
  test.each([
    ['a lock without other platforms', refusal, true],
    [
      'another wrong usage',
      'npm error code EUSAGE\nnpm error The `npm ci` command can only install with a lock',
      false,
    ],
    ['a network that is down', 'npm error code ENOTFOUND\nnpm error Missing: x@1 from lock file', false],
  ])('falls back to a plain install only for %s', (_, output, expected) => {
    expect(isIncompleteLock(output)).toBe(expected)
  })

  test('is not steered by what the caller’s npm was told', () => {
    const told = {
      npm_config_omit: 'dev',
      NPM_CONFIG_WORKSPACE: 'apps/api',
      npm_config_workspaces: 'true',
      npm_config_ignore_scripts: 'true',
    }
    const kept = { PATH: '/bin', npm_config_registry: 'https://registry.example', npm_config_cache: '/cache' }
    expect(installEnvironment({ ...told, ...kept })).toEqual(kept)
  })

  test('is done again when the lock changes', () => {
    expect(fingerprint('{}')).toBe(fingerprint('{}'))
    expect(fingerprint('{}')).not.toBe(fingerprint('{ }'))
  })

  const lock = {
    packages: {
      '': {},
      'packages/engine': {},
      'node_modules/@own/engine': { link: true },
      'node_modules/zod': { version: '4.0.0' },
      'node_modules/@x/darwin-arm64': { version: '1.0.0', optional: true },
    },
  }
  test.each([
    ['all that is required', { 'node_modules/zod': { version: '4.0.0' } }, true],
    ['another version', { 'node_modules/zod': { version: '4.0.1' } }, false],
    ['a hole', {}, false],
  ])('of node_modules with %s is complete: %j %j', (_, packages, expected) => {
    expect(isComplete(lock, { packages })).toBe(expected)
  })
})

describe('the lock', () => {
  test.each([
    ['@oxlint/binding-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
    ['@swc/core-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    ['@swc/core-win32-ia32-msvc', { os: ['win32'], cpu: ['ia32'] }],
    ['@turbo/windows-64', { os: ['win32'], cpu: ['x64'] }],
    ['@msgpackr-extract/msgpackr-extract-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
    ['@oxfmt/binding-android-arm-eabi', { os: ['android'], cpu: ['arm'] }],
    ['left-pad', undefined],
    ['constructor', undefined],
  ])('learns the platform of %s from its name', (name, expected) => {
    expect(platformOf(name)).toEqual(expected)
  })

  test('gains exactly the platform packages it lacks', () => {
    const optionalDependencies = {
      '@x/linux-x64-gnu': '1.0.0',
      '@x/darwin-arm64': '1.0.0',
      'left-pad': '1.0.0',
      '@x/win32-x64': '^1.0.0',
    }
    const lock = {
      packages: {
        '': {},
        'node_modules/x': { version: '1.0.0', dev: true, optionalDependencies },
        'node_modules/@x/linux-x64-gnu': { version: '1.0.0' },
      },
    }
    expect(missingEntries(lock)).toEqual({
      'node_modules/@x/darwin-arm64': {
        version: '1.0.0',
        cpu: ['arm64'],
        dev: true,
        optional: true,
        os: ['darwin'],
      },
    })
  })
})

describe('Node', () => {
  test.each(['18.20.8', '20.0.0', '20.18.3'])('%s is refused in one line', (version) => {
    expect(() => requireNode(version)).toThrow(`needs Node 20.19 or newer, this is ${version}`)
  })

  test.each(['20.19.0', '22.1.0', '24.21.0'])('%s will do', (version) => {
    expect(() => requireNode(version)).not.toThrow()
  })
})

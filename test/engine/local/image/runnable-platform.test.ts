import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isRunnable } from '../../../../src/engine/local/image/runnable-platform.ts'
import { parsePlatform } from '../../../../src/model/platform.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const machine = parsePlatform('linux/amd64')
const foreign = parsePlatform('linux/arm64')

/** What Debian's qemu-user-static registers. */
const QEMU_ARM64 = {
  magic: '7f454c460201010000000000000000000200b700',
  mask: 'ffffffffffffff00fffffffffffffffffeffffff',
}

function format({ flags = 'OCF', state = 'enabled', magic = QEMU_ARM64.magic, offset = 0 } = {}): string {
  const mask = `mask ${QEMU_ARM64.mask}`
  return `${state}\ninterpreter /usr/bin/qemu\nflags: ${flags}\noffset ${offset}\nmagic ${magic}\n${mask}\n`
}

function runs(files: Readonly<Record<string, string>> | undefined, platform = foreign): boolean {
  using root = temporaryFolder()
  const folder = join(root.path, 'binfmt_misc')
  if (files !== undefined) mkdirSync(folder)
  for (const [name, text] of Object.entries(files ?? {})) writeFileSync(join(folder, name), text)
  return isRunnable(platform, { machine, folder })
}

test('isRunnable() knows what the processor runs itself', () => {
  for (const name of ['linux', 'linux/amd64', 'linux/amd64/v3', 'linux/386']) {
    expect(runs(undefined, parsePlatform(name))).toBe(true)
  }
  expect(runs(undefined)).toBe(false)
})

test('isRunnable() finds an emulator that containers can use', () => {
  const status = 'enabled\n'
  expect(runs({ status, register: '', 'qemu-aarch64': format() })).toBe(true)
  expect(runs({ status, 'qemu-aarch64': format() }, parsePlatform('linux/s390x'))).toBe(false)
  const useless = [
    format({ flags: 'OC' }),
    format({ state: 'disabled' }),
    format({ offset: 2 }),
    format({ magic: '' }),
    format({ magic: QEMU_ARM64.magic.replace('b700', '2800') }),
    'enabled\ninterpreter /x\nflags: F\nextension .arm64\n',
    '',
  ]
  for (const text of useless) expect(runs({ status, other: text })).toBe(false)
  expect(runs({ status: 'disabled\n', 'qemu-aarch64': format() })).toBe(false)
})

test('isRunnable() leaves it to the start of the program where nothing can be told', () => {
  expect(runs({})).toBe(true)
  expect(runs({ status: 'enabled\n' }, parsePlatform('linux/unheard-of'))).toBe(true)
})

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../../src/base/absolute-path.ts'
import { LayeredTree } from '../../../../../src/disk/layered-tree.ts'
import { findShell } from '../../../../../src/engine/local/build/run/find-shell.ts'
import { runRequest } from '../../../../support/build-session.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const CASES = [
  {
    what: 'the shell of the command',
    argv: ['/bin/bash', '-eo', 'pipefail', '-c', 'a'],
    shell: ['/bin/bash'],
  },
  { what: 'a shell by its name', argv: ['bash', '-c', 'a'], shell: ['bash'] },
  {
    what: 'a shell that a program has',
    argv: ['/opt/busybox', 'ash', '-c', 'a'],
    shell: ['/opt/busybox', 'ash'],
  },
  { what: '/bin/sh for another program', argv: ['/opt/python', '-c', 'a'], shell: ['/bin/sh'] },
  { what: '/bin/sh for a program without options', argv: ['/bin/bash', 'script.sh'], shell: ['/bin/sh'] },
  { what: '/bin/sh for a shell that is not there', argv: ['/bin/zsh', '-c', 'a'], shell: ['/bin/sh'] },
  { what: '/bin/sh for a shell that is no program', argv: ['/opt/fish', '-c', 'a'], shell: ['/bin/sh'] },
]

for (const { what, argv, shell } of CASES) {
  test(`findShell() takes ${what}`, () => {
    using folder = temporaryFolder()
    for (const path of ['usr/bin/bash', 'usr/bin/busybox', 'opt/busybox', 'opt/python', 'opt/fish']) {
      mkdirSync(dirname(join(folder.path, path)), { recursive: true })
      writeFileSync(join(folder.path, path), '')
      chmodSync(join(folder.path, path), path === 'opt/fish' ? 0o644 : 0o755)
    }
    symlinkSync('usr/bin', join(folder.path, 'bin'))
    symlinkSync('/bin/busybox', join(folder.path, 'usr/bin/sh'))
    const tree = new LayeredTree([parseAbsolutePath(folder.path)])
    expect(findShell(runRequest({ operation: { argv } }), tree)).toEqual(shell)
  })
}

test('findShell() names the places where it looked', () => {
  using folder = temporaryFolder()
  const tree = new LayeredTree([parseAbsolutePath(folder.path)])
  expect(() => findShell(runRequest({}), tree)).toThrow(
    expect.objectContaining({ code: 'build-step', hint: expect.stringContaining('/bin/sh, /bin/bash') }),
  )
})

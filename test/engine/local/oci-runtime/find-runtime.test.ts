import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RuntimeProgram, RuntimeSources } from '../../../../src/engine/local/host/runtime-sources.ts'
import { findRuntime } from '../../../../src/engine/local/oci-runtime/find-runtime.ts'
import type { OciRuntime } from '../../../../src/runtime/launch/oci-runtime.ts'
import { aService } from '../../../support/model-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const RUNC = 'echo runc version 1.1.5'
const CRUN = 'echo crun version 1.8.1'

/** Writes a program that says about itself what `script` says. */
function program(folder: string, name: string, script: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

function sources(folder: string, programs: Readonly<Record<string, RuntimeProgram>> = {}): RuntimeSources {
  return {
    configured: () => ({ kind: 'found', programs: new Map(Object.entries(programs)), file: undefined }),
    folders: ['/nonexistent', folder],
  }
}

const wish = (changes: Parameters<typeof aService>[1]) => aService('web', changes)

test('findRuntime() runs nothing for a service that names no runtime', () => {
  const refuse = (): never => {
    throw new Error('asked')
  }
  const asked = { configured: refuse, folders: [] }
  expect(findRuntime(wish({}), asked)).toBeUndefined()
  expect(findRuntime(wish({ isolation: 'process' }), asked)).toBeUndefined()
})

test.for<readonly [string, string, string, Partial<OciRuntime>]>([
  ['runc', 'runc', RUNC, { kind: 'runc', args: ['--log', '/dev/null', '--rootless=true'] }],
  ['io.containerd.runc.v2', 'runc', RUNC, { kind: 'runc' }],
  ['crun', 'crun', CRUN, { kind: 'crun', args: ['--cgroup-manager=disabled'] }],
  [
    'runsc',
    'runsc',
    'echo runsc version 0.0~20221219.0',
    { kind: 'runsc', args: ['--ignore-cgroups', '--network=host', '--platform=ptrace'] },
  ],
  [
    'runsc',
    'runsc',
    'echo runsc version release-20250407.0',
    { kind: 'runsc', args: ['--ignore-cgroups', '--network=host', '--platform=systrap'] },
  ],
])('findRuntime() finds %s on PATH as %s, which says "%s"', ([runtime, name, script, expected]) => {
  using folder = temporaryFolder()
  const path = program(folder.path, name, script)
  expect(findRuntime(wish({ runtime }), sources(folder.path))).toMatchObject({ path, ...expected })
})

test('findRuntime() prefers the settings, whose arguments come last', () => {
  using folder = temporaryFolder()
  program(folder.path, 'runc', RUNC)
  const path = program(folder.path, 'other', CRUN)
  const found = findRuntime(
    wish({ runtime: 'runc' }),
    sources(folder.path, { runc: { path, args: ['--debug'] } }),
  )
  expect(found).toEqual({ kind: 'crun', path, args: ['--cgroup-manager=disabled', '--debug'] })
})

test('findRuntime() picks a runtime by its class, that of the settings first', () => {
  using folder = temporaryFolder()
  const onPath = program(folder.path, 'runsc', 'echo runsc version release-20250407.0')
  const path = program(folder.path, 'mine', 'echo runsc version release-20240101.0')
  const gvisor = wish({ isolation: 'gvisor' })
  expect(findRuntime(gvisor, sources(folder.path))?.path).toBe(onPath)
  const programs = { broken: { path: '/nonexistent', args: [] }, mine: { path, args: [] } }
  expect(findRuntime(gvisor, sources(folder.path, programs))?.path).toBe(path)
})

test.each([
  [{ runtime: 'crum' }, 'Cannot use runtime "crum" of service "web": no runtime has this name'],
  [{ runtime: 'crun' }, 'Cannot use runtime "crun" of service "web": no program crun is on PATH'],
  [{ runtime: 'gone' }, 'Cannot use runtime "gone" of service "web": /nonexistent does not exist'],
  [{ runtime: 'kata' }, 'Cannot use runtime "kata" of service "web": Kata Containers have no command line'],
  [{ isolation: 'vm' }, 'Cannot use isolation "vm" of service "web": Kata Containers have no command line'],
  [{ isolation: 'gvisor' }, 'Cannot use isolation "gvisor" of service "web": no program runsc is on PATH'],
  [
    { runtime: 'runc', isolation: 'gvisor' },
    'Cannot use runtime "runc" of service "web": it isolates by process, and "x-isolation" asks for gvisor',
  ],
] as const)('findRuntime() refuses %j', (changes, message) => {
  using folder = temporaryFolder()
  program(folder.path, 'runc', RUNC)
  const known = sources(folder.path, { gone: { path: '/nonexistent', args: [] } })
  expect(() => findRuntime(wish(changes), known)).toThrow(message)
})

test.each([
  ['echo something', 'does not say which runtime it is'],
  ['echo runc version 0.1.1', 'is runc 0.1.1, expected version 1.0.0 or a later one'],
  ['exit 3', '--version" fails: it exits with code 3'],
])('findRuntime() refuses a program that does "%s"', (script, message) => {
  using folder = temporaryFolder()
  program(folder.path, 'runc', script)
  expect(() => findRuntime(wish({ runtime: 'runc' }), sources(folder.path))).toThrow(message)
})

test('findRuntime() refuses a file that is no program, and says what is wrong with the settings', () => {
  using folder = temporaryFolder()
  chmodSync(program(folder.path, 'runc', RUNC), 0o644)
  expect(() => findRuntime(wish({ runtime: 'runc' }), sources(folder.path))).toThrow('may not be executed')
  const unfit: RuntimeSources = {
    configured: () => ({ kind: 'unfit', reason: 'the settings are odd' }),
    folders: [],
  }
  expect(() => findRuntime(wish({ runtime: 'runc' }), unfit)).toThrow('the settings are odd')
})

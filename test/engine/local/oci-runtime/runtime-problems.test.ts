import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireUsable, runtimeProblems } from '../../../../src/engine/local/oci-runtime/runtime-problems.ts'
import { serviceOf } from '../../../support/memory-project.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** Runs `use` where the runtimes are that the tests know. */
function withRuntimes<T>(use: (sources: Parameters<typeof runtimeProblems>[1]) => T): T {
  using folder = temporaryFolder()
  for (const [name, version] of [
    ['runc', '1.1.5'],
    ['runsc', 'release-20250407.0'],
  ]) {
    const path = join(folder.path, name ?? '')
    writeFileSync(path, `#!/bin/sh\necho ${name} version ${version}\n`)
    chmodSync(path, 0o755)
  }
  const configured = () => ({ kind: 'found', programs: new Map(), file: undefined }) as const
  return use({ configured, folders: [folder.path] })
}

const problems = (keys: string) =>
  withRuntimes(sources => runtimeProblems(serviceOf(keys), sources)).map(({ message, origin }) => [
    message,
    origin,
  ])

test('runtimeProblems() lets pass what both can do', () => {
  const keys = 'cap_drop: [ALL]\nread_only: true\ntty: true\nmem_limit: 64m\npids_limit: 200'
  expect(problems(`runtime: runc\n${keys}`)).toEqual([])
  expect(problems(`runtime: runsc\n${keys}`)).toEqual([])
  expect(problems('pid: host\ninit: true')).toEqual([])
})

test.each([
  ['runtime: runc\ninit: true', 'Cannot use "init" of service "web" with runc'],
  ['runtime: runc\ngpus: all', 'Cannot use "gpus" of service "web" with runc'],
  ['runtime: runc\npids_limit: 5', 'Cannot limit service "web" to 5 processes with runc'],
  ['runtime: runsc\npids_limit: 100', 'Cannot limit service "web" to 100 processes with runsc'],
  ['runtime: runsc\npid: host', 'Cannot use "pid" of service "web" with runsc'],
  ['runtime: runsc\ndevices: [/dev/null]', 'Cannot use "devices" of service "web" with runsc'],
  [
    'x-isolation: gvisor\nsysctls: {net.core.somaxconn: 1}',
    'Cannot use "sysctls" of service "web" with runsc',
  ],
  ['runtime: crun', 'Cannot use runtime "crun" of service "web"'],
])('runtimeProblems() refuses %j', (keys, message) => {
  expect(problems(keys)).toEqual([[expect.stringContaining(message), expect.anything()]])
})

test('requireUsable() throws the first problem', () => {
  const find = (keys: string) => withRuntimes(sources => requireUsable(serviceOf(keys), sources))
  expect(find('runtime: runc')?.kind).toBe('runc')
  expect(find('user: root')).toBeUndefined()
  expect(() => find('runtime: runc\ninit: true')).toThrow('"init"')
})

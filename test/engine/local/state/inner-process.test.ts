import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { innerProcess } from '../../../../src/engine/local/state/inner-process.ts'
import type { OciRuntime } from '../../../../src/runtime/launch/oci-runtime.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** Returns the inner process of a container whose runtime, the test itself, has written `init`. */
function innerOf(kind: OciRuntime['kind'] | undefined, init: string | undefined) {
  using folder = temporaryFolder()
  const layout = { live: join(folder.path, 'live'), init: join(folder.path, 'init') }
  const runtime = kind && { kind, path: '/bin/runtime', args: [] }
  const record = { version: 1, id: 'id', name: 'n', service: 's', endpoints: [], restart: {} }
  writeVolatileRecord(layout.live, { ...record, ...(runtime && { runtime }) })
  if (init !== undefined) writeFileSync(layout.init, init)
  return innerProcess(layout, { pid: process.pid })
}

test('innerProcess() is the keeper’s child where tcompose itself runs the container', () => {
  expect(innerOf(undefined, '1')).toEqual({ pid: process.pid, hasFiles: true })
})

test('innerProcess() is the child of the runtime, whose files gVisor keeps to itself', async () => {
  const child = spawn('sleep', ['60'])
  try {
    expect(innerOf('runc', `${child.pid}`)).toEqual({ pid: child.pid, hasFiles: true })
    expect(innerOf('runsc', `${child.pid}\n`)).toEqual({ pid: child.pid, hasFiles: false })
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

test('innerProcess() is none before the runtime has started one, and none that is another’s child', () => {
  expect(innerOf('crun', undefined)).toBeUndefined()
  expect(innerOf('crun', '1')).toBeUndefined()
  expect(innerOf('crun', 'x')).toBeUndefined()
})

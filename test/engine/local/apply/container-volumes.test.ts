import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { unmountVolume } from '../../../../src/engine/local/volume/mounted-volume.ts'

const PROGRAM = resolve(import.meta.dirname, '../../../support/volume-racer.ts')
const ROUNDS = 150

function rootsWith(volume: string) {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-volumes-'))
  const roots = { data: join(folder, 'data'), run: join(folder, 'run') }
  for (const path of [join(roots.data, 'volumes'), roots.run])
    mkdirSync(path, { recursive: true, mode: 0o700 })
  for (const path of [join(roots.data, 'volumes', volume)]) mkdirSync(path)
  const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=64k' }
  createVolume(roots, { name: volume, labels: new Map(), createdAt: 1, options })
  onTestFinished(() => {
    unmountVolume(roots, volume)
    rmSync(folder, { recursive: true })
  })
  return roots
}

test('mountVolumesOf() and unmountVolumesOf() in several processes mount a file system once, while a container uses it', {
  timeout: 60_000,
}, async () => {
  const roots = rootsWith('shared')
  const ends = ['one', 'two', 'three'].map(async project => {
    const args = [PROGRAM, roots.data, roots.run, project, 'shared', String(ROUNDS)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    const [code] = await once(child, 'close')
    return code === 0 ? '' : errors
  })
  expect(await Promise.all(ends)).toEqual(['', '', ''])
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(roots.data)
  expect(readdirSync(join(roots.run, 'volumes'))).toEqual([])
})

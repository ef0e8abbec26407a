import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { spawnSweep } from '../../../../src/engine/local/supervisor/spawn-sweep.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { eventually } from '../../../support/eventually.ts'

test('spawnSweep() starts the command of its build, for its project and folders', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-sweep-'))
  const seen = join(folder, 'seen')
  mkdirSync(join(folder, 'bin'))
  const program = join(folder, 'bin', 'tcompose')
  writeFileSync(
    program,
    `#!/bin/sh\necho "$*" "$TCOMPOSE_DATA" "$TCOMPOSE_RUN" > ${seen}.new; mv ${seen}.new ${seen}\n`,
  )
  chmodSync(program, 0o755)
  const roots = { data: '/some/data', run: '/some/run' }
  spawnSweep({ roots, project: parseProjectName('shop'), script: join(folder, 'dist', 'supervisor.cjs') })
  await eventually(async () =>
    expect(readFileSync(seen, 'utf8')).toBe('-p shop --progress quiet system sweep /some/data /some/run\n'),
  )
  rmSync(folder, { recursive: true })
})

test('spawnSweep() does nothing where there is no command', () => {
  const target = { roots: { data: '/d', run: '/r' }, project: parseProjectName('shop') }
  expect(() => spawnSweep({ ...target, script: '/nowhere/dist/supervisor.cjs' })).not.toThrow()
})

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { projectRoot } from '../../scripts/project-root.ts'
import { runConfined } from './run-confined.ts'

beforeAll(() => {
  const built = spawnSync(process.execPath, ['scripts/build-native.ts', '--sanitize'], {
    cwd: projectRoot,
    encoding: 'utf8',
  })
  expect(built.stderr).toBe('')
})

const programs = [
  { name: 'unit', criterion: 'passes under the sanitizers', output: '' },
  { name: 'names', criterion: 'passes under the sanitizers', output: '' },
  { name: 'bulk', criterion: 'passes under the sanitizers', output: '' },
  { name: 'fuzz_decode', criterion: 'reads 250000 damaged messages', output: '250000 inputs\n' },
  { name: 'fuzz_names', criterion: 'reads 250000 damaged orders and queries', output: '250000 inputs\n' },
  { name: 'fuzz_run', criterion: 'interprets 250000 damaged programs', output: '250000 inputs\n' },
]
for (const { name, criterion, output } of programs) {
  test(`native ${name} ${criterion}`, () => {
    const run = runConfined(join(projectRoot, 'build/native', name))
    expect(run).toMatchObject({ status: 0, stdout: output, stderr: '' })
  })
}

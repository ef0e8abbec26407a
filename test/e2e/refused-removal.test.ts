import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sealText } from '../../src/disk/checksum.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `name: refused
services:
  web:
    image: rootfs:/
    init: true
    command: [sleep, "1000"]
`

test('down fails and names a network whose interface the kernel does not delete, and the record keeps it', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d')
  const path = join(project.state, 'data/projects/refused/project.json')
  const bridge = /"bridge":"([^"]+)"/.exec(readFileSync(path, 'utf8'))?.[1] ?? ''
  expect(bridge).not.toBe('')
  // No kernel deletes a loopback interface.
  replaceInRecord(path, `"bridge":"${bridge}"`, '"bridge":"lo"')
  for (const _again of [1, 2]) {
    const { exitCode, stderr } = await project.run(['down'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      'Cannot remove network "refused_default": the kernel refuses to delete interface lo (EOPNOTSUPP)',
    )
    expect(stderr).not.toContain('Network refused_default  Removed')
    expect(stderr).not.toContain('bug of its own')
  }
  expect(readFileSync(path, 'utf8')).toContain('"bridge":"lo"')
  replaceInRecord(path, '"bridge":"lo"', `"bridge":"${bridge}"`)
  const { exitCode, stderr } = await project.run(['down'])
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Network refused_default  Removed')])
  expect(existsSync(path)).toBe(false)
})

/** Edits a record as if it had been written so. */
function replaceInRecord(path: string, before: string, after: string): void {
  const text = readFileSync(path, 'utf8').replace(/^\{"checksum":"[^"]*",/, '{')
  expect(text).toContain(before)
  writeFileSync(path, sealText(text.replace(before, after)))
}

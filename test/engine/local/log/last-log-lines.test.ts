import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lastLogLines } from '../../../../src/engine/local/log/last-log-lines.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('lastLogLines() cuts a long line and counts it once', () => {
  using folder = temporaryFolder()
  const log = join(folder.path, 'log')
  const part = `t stdout P ${'x'.repeat(16 * 1024)}\n`
  writeFileSync(log, `t stdout F one\n${part.repeat(100)}t stdout F end\nt stderr F three\n`)
  expect(lastLogLines(log, 2)).toEqual([`${'x'.repeat(999)}…`, 'three'])
  expect(lastLogLines(log, 3)[0]).toBe('one')
})

test('lastLogLines() has none of a file that is not there', () => {
  expect(lastLogLines('/nonexistent/log', 3)).toEqual([])
})

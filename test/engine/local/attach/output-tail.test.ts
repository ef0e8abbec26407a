import { expect, test } from 'vitest'
import { OutputTail } from '../../../../src/engine/local/attach/output-tail.ts'

test('OutputTail has the last twelve lines, the oldest first', () => {
  const tail = new OutputTail()
  expect(tail.lines).toEqual([])
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`)
  for (const line of lines.slice(0, 3)) tail.add(line)
  expect(tail.lines).toEqual(lines.slice(0, 3))
  for (const line of lines.slice(3)) tail.add(line)
  expect(tail.lines).toEqual(lines.slice(8))
})

import { expect, test } from 'vitest'
import { DetachFilter } from '../../../../src/engine/local/attach/detach-filter.ts'

const PQ = [0x10, 0x11]

/** What is passed on of keys that come in `chunks`; `!` is where it detaches. */
function typed(keys: readonly number[], ...chunks: readonly string[]): string {
  const filter = new DetachFilter(keys)
  return chunks
    .map(chunk => {
      const { passed, isDetached } = filter.push(Buffer.from(chunk, 'latin1'))
      return `${passed.toString('latin1')}${isDetached ? '!' : ''}`
    })
    .join('|')
}

for (const { chunks, passed } of [
  { chunks: ['ls\n'], passed: 'ls\n' },
  { chunks: ['a\x10\x11b'], passed: 'a!' },
  { chunks: ['a\x10', '\x11'], passed: 'a|!' },
  { chunks: ['\x10', 'x'], passed: '|\x10x' },
  { chunks: ['\x10\x10\x11'], passed: '\x10!' },
  { chunks: ['\x11\x10'], passed: '\x11' },
]) {
  test(`DetachFilter passes on ${JSON.stringify(passed)} of ${JSON.stringify(chunks)}`, () => {
    expect(typed(PQ, ...chunks)).toBe(passed)
  })
}

test('DetachFilter without keys passes on everything', () => {
  expect(typed([], '\x10\x11')).toBe('\x10\x11')
})

import { expect, test } from 'vitest'
import { parseCriLine } from '../../../src/engine/log/cri-line.ts'

const cases = [
  {
    line: '2026-01-02T03:04:05.000000006Z stdout F hello world',
    text: 'hello world',
    partial: false,
    stream: 'stdout',
  },
  {
    line: '2026-01-02T03:04:05.000000006Z stderr P  spaced ',
    text: ' spaced ',
    partial: true,
    stream: 'stderr',
  },
  { line: '2026-01-02T03:04:05.000000006Z stdout F ', text: '', partial: false, stream: 'stdout' },
  { line: '2026-01-02T03:04:05.000000006Z stdout F', text: '', partial: false, stream: 'stdout' },
]
for (const { line, ...expected } of cases) {
  test(`parseCriLine() reads ${JSON.stringify(line.slice(31))}`, () => {
    expect(parseCriLine(line)).toEqual({ time: '2026-01-02T03:04:05.000000006Z', ...expected })
  })
}

for (const line of ['', 'x', '2026 stdin F x', '2026 stdout Q x']) {
  test(`parseCriLine() gives undefined for ${JSON.stringify(line)}`, () => {
    expect(parseCriLine(line)).toBeUndefined()
  })
}

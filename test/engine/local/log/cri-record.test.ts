import { expect, test } from 'vitest'
import { parseCriRecord } from '../../../../src/engine/local/log/cri-record.ts'

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
for (const { line, text, ...expected } of cases) {
  test(`parseCriRecord() reads ${JSON.stringify(line.slice(31))}`, () => {
    expect(parseCriRecord(Buffer.from(line))).toEqual({
      time: '2026-01-02T03:04:05.000000006Z',
      text: Buffer.from(text),
      ...expected,
    })
  })
}

for (const line of ['', 'x', '2026 stdin F x', '2026 stdout Q x']) {
  test(`parseCriRecord() gives undefined for ${JSON.stringify(line)}`, () => {
    expect(parseCriRecord(Buffer.from(line))).toBeUndefined()
  })
}

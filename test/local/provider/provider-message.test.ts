import { expect, test } from 'vitest'
import { parseProviderMessage } from '../../../src/local/provider/provider-message.ts'

const cases: ReadonlyArray<{ readonly line: string; readonly message: unknown }> = [
  { line: '{"type":"info","message":"a"}', message: { kind: 'info', message: 'a' } },
  { line: '{"type":"debug"}', message: { kind: 'debug', message: '' } },
  { line: '{"type":"setenv","message":"A=b=c"}', message: { kind: 'setenv', name: 'A', value: 'b=c' } },
  { line: '{"type":"rawsetenv","message":"A="}', message: { kind: 'rawsetenv', name: 'A', value: '' } },
  ...[
    'hello',
    '[]',
    '{"type":"setenv","message":"A"}',
    '{"type":"setenv","message":"=a"}',
    '{"type":"ask","message":""}',
    '{"type":"info","message":1}',
  ].map(line => ({ line, message: expect.objectContaining({ kind: 'unfit' }) })),
]

for (const { line, message } of cases) {
  test(`parseProviderMessage() reads ${line}`, () => {
    expect(parseProviderMessage(line)).toEqual(message)
  })
}

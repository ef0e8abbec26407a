import { expect, test } from 'vitest'
import { syslogMessage } from '../../../../../src/engine/local/supervisor/forward/syslog-message.ts'

const line = { time: '2026-11-03T12:00:05.123456789Z', stream: 'stdout', text: 'hi', partial: false } as const
const origin = { tag: 'a tag', pid: 7 }
const local = new Date(line.time)
const clock = [local.getHours(), local.getMinutes(), local.getSeconds()]
  .map(part => String(part).padStart(2, '0'))
  .join(':')
const stamp = `Nov ${String(local.getDate()).padStart(2)} ${clock}`

for (const [format, message] of [
  ['local', `<30>${stamp} a tag[7]: hi`],
  ['rfc3164', `<30>${stamp} host a tag[7]: hi`],
  ['rfc5424', '<30>1 2026-11-03T12:00:05Z host a_tag 7 a_tag - hi'],
  ['rfc5424micro', '<30>1 2026-11-03T12:00:05.123456Z host a_tag 7 a_tag - hi'],
] as const) {
  test(`syslogMessage() has the form ${format}`, () =>
    expect(syslogMessage(line, origin, { facility: 3, format, hostname: 'host' })).toBe(message))
}

test('syslogMessage() gives standard error the severity of an error', () => {
  const options = { facility: 16, format: 'rfc5424', hostname: 'host' } as const
  expect(syslogMessage({ ...line, stream: 'stderr' }, origin, options)).toMatch(/^<131>1 /)
})

import { expect, test } from 'vitest'
import { journalMessage } from '../../../../../src/engine/local/supervisor/forward/journal-message.ts'

const id = 'ab'.repeat(32)
const origin = {
  id,
  name: 'shop-web-1',
  image: 'web:1',
  pid: 7,
  tag: 'web',
  fields: new Map([['MODE', 'a\nb']]),
}

test('journalMessage() has the fields of docker, and the length of a value of several lines', () => {
  const time = '2026-11-23T12:00:00.000000001Z'
  const message = journalMessage({ time, stream: 'stderr', text: 'no', partial: true }, origin)
  const length = '\x03\0\0\0\0\0\0\0'
  expect(message.toString('latin1')).toBe(
    [
      `MODE\n${length}a\nb`,
      'MESSAGE=no',
      'PRIORITY=3',
      'SYSLOG_IDENTIFIER=web',
      `SYSLOG_TIMESTAMP=${time}`,
      `CONTAINER_ID=${id.slice(0, 12)}`,
      `CONTAINER_ID_FULL=${id}`,
      'CONTAINER_NAME=shop-web-1',
      'CONTAINER_TAG=web',
      'IMAGE_NAME=web:1',
      'CONTAINER_PARTIAL_MESSAGE=true',
      '',
    ].join('\n'),
  )
})

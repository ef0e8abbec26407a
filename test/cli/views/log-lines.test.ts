import { expect, test } from 'vitest'
import type { LogLine } from '../../../src/app/index.ts'
import { logLines } from '../../../src/cli/views/log-lines.ts'
import { containerIdOf } from '../../support/apply-plan.ts'

function aLine(service: string, text: string, name = `shop-${service}-1`): LogLine {
  return {
    container: containerIdOf(1),
    name,
    service,
    number: 1,
    stream: 'stdout',
    time: '2026-11-23T12:00:00.000000001Z',
    text,
  }
}

const PLAIN = { isColored: false, hasPrefix: true, hasTimestamps: false }

test('logLines() pads prefixes to the longest that may come', () => {
  const format = logLines(['shop-web-1', 'shop-database-1', 'front'], PLAIN)
  expect([aLine('web', 'hello'), aLine('x', 'hi', 'front'), aLine('database', '')].map(format)).toEqual([
    'web-1       | hello\n',
    'front       | hi\n',
    'database-1  | \n',
  ])
})

test('logLines() shows times, and leaves prefixes out', () => {
  const format = logLines([], { ...PLAIN, hasPrefix: false, hasTimestamps: true })
  expect(format(aLine('web', 'hello'))).toBe('2026-11-23T12:00:00.000000001Z hello\n')
})

test('logLines() gives each container a colour of its own', () => {
  const format = logLines([], { ...PLAIN, isColored: true })
  expect([aLine('a', '1'), aLine('b', '2'), aLine('a', '3')].map(format)).toEqual([
    '\u001b[36ma-1  |\u001b[0m 1\n',
    '\u001b[33mb-1  |\u001b[0m 2\n',
    '\u001b[36ma-1  |\u001b[0m 3\n',
  ])
})

test('logLines() shows prefix and time once for a line that comes in pieces', () => {
  const format = logLines([], { ...PLAIN, hasTimestamps: true })
  const time = '2026-11-23T12:00:00.000000001Z'
  const pieces = [aPiece('one '), aPiece('two '), aLine('web', 'three'), aLine('web', 'next')]
  expect(pieces.map(format).join('')).toBe(`web-1  | ${time} one two three\nweb-1  | ${time} next\n`)
})

test('logLines() breaks a line that another one comes between', () => {
  const format = logLines(['shop-web-1', 'shop-db-1'], PLAIN)
  const other: LogLine = { ...aLine('db', 'hello'), container: containerIdOf(2) }
  const error: LogLine = { ...aLine('web', 'oh'), stream: 'stderr' }
  expect([aPiece('one '), error, other, aLine('web', 'two')].map(format)).toEqual([
    'web-1  | one ',
    'web-1  | oh\n',
    '\ndb-1   | hello\n',
    'web-1  | two\n',
  ])
})

function aPiece(text: string): LogLine {
  return { ...aLine('web', text), partial: true }
}

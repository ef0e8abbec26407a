import { expect, test } from 'vitest'
import type { LogEvent, LogLine, RunEnd } from '../../../src/app/index.ts'
import { type LogViewOptions, logView } from '../../../src/cli/views/log-view.ts'
import { containerIdOf } from '../../support/apply-plan.ts'

function aLine(service: string, text: string, name = `shop-${service}-1`): LogLine {
  return {
    kind: 'line',
    container: containerIdOf(1),
    name,
    service,
    number: 1,
    stream: 'stdout',
    time: '2026-11-23T12:00:00.000000001Z',
    text,
  }
}

function anEnd(changes: Partial<RunEnd> = {}): RunEnd {
  const { container, name, service, number } = aLine('web', '')
  return { kind: 'end', container, name, service, number, exitCode: 3, isRestarting: false, ...changes }
}

function texts(names: readonly string[], options: LogViewOptions): (event: LogEvent) => string {
  const view = logView(names, options)
  return event => view(event).text
}

const PLAIN = { isColored: false, hasPrefix: true, hasTimestamps: false }

test('logView() pads prefixes to the longest that may come', () => {
  const format = texts(['shop-web-1', 'shop-database-1', 'front'], PLAIN)
  expect([aLine('web', 'hello'), aLine('x', 'hi', 'front'), aLine('database', '')].map(format)).toEqual([
    'web-1       | hello\n',
    'front       | hi\n',
    'database-1  | \n',
  ])
})

test('logView() leaves the project out of names with underscores', () => {
  const format = texts(['shop_web_1'], PLAIN)
  expect(format(aLine('web', 'hello', 'shop_web_1'))).toBe('web_1  | hello\n')
  expect(format(aLine('web', 'hello', 'my.web.1'))).toBe('my.web.1  | hello\n')
})

test('logView() shows times, and leaves prefixes out', () => {
  const format = texts([], { ...PLAIN, hasPrefix: false, hasTimestamps: true })
  expect(format(aLine('web', 'hello'))).toBe('2026-11-23T12:00:00.000000001Z hello\n')
})

test('logView() gives each container a colour of its own', () => {
  const format = texts([], { ...PLAIN, isColored: true })
  expect([aLine('a', '1'), aLine('b', '2'), aLine('a', '3')].map(format)).toEqual([
    '\u001b[36ma-1  |\u001b[0m 1\n',
    '\u001b[33mb-1  |\u001b[0m 2\n',
    '\u001b[36ma-1  |\u001b[0m 3\n',
  ])
})

test('logView() shows prefix and time once for a line that comes in pieces', () => {
  const format = texts([], { ...PLAIN, hasTimestamps: true })
  const time = '2026-11-23T12:00:00.000000001Z'
  const pieces = [aPiece('one '), aPiece('two '), aLine('web', 'three'), aLine('web', 'next')]
  expect(pieces.map(format).join('')).toBe(`web-1  | ${time} one two three\nweb-1  | ${time} next\n`)
})

test('logView() breaks a line that another one comes between', () => {
  const format = texts(['shop-web-1', 'shop-db-1'], PLAIN)
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

test('logView() tells ends on standard output, whether lines have prefixes or not', () => {
  const view = logView([], { ...PLAIN, hasPrefix: false, hasTimestamps: true })
  expect(view(anEnd())).toEqual({ stream: 'stdout', text: 'web-1 exited with code 3\n' })
  expect(view(anEnd({ isRestarting: true })).text).toBe('web-1 exited with code 3 (restarting)\n')
  expect(view(anEnd({ outOfMemory: true, isRestarting: true })).text).toBe(
    'web-1 exited with code 3 (out of memory) (restarting)\n',
  )
  expect(view(anEnd({ name: 'front', exitCode: undefined })).text).toBe('front exited with an unknown code\n')
})

test('logView() tells an end in the colour of the container, and behind a line that it cut short', () => {
  const format = texts([], { ...PLAIN, isColored: true })
  expect([aPiece('one '), anEnd()].map(format)).toEqual([
    '\u001b[36mweb-1  |\u001b[0m one ',
    '\n\u001b[36mweb-1 exited with code 3\u001b[0m\n',
  ])
})

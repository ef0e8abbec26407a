import { expect, test } from 'vitest'
import { isServed } from '../../src/cli/served-commands.ts'

const served = (line: string, environment: Readonly<Record<string, string>> = {}) =>
  isServed(line.split(' '), new Map(Object.entries(environment)))

test.for([
  'ps',
  '-p name ps -a',
  'up -d',
  'up --wait web',
  'up --dry-run',
  '-f other.yaml config --services',
  'build --no-cache',
  'down -v',
  'pause web',
  'volumes -q',
])('"%s" is served', line => {
  expect(served(line)).toBe(true)
})

test.for([
  ['shows logs', 'up'],
  ['shows logs', 'up web'],
  ['reads its input', 'exec web sh'],
  ['may mean exec', '-p ps exec web sh'],
  ['asks', 'rm'],
  ['is not known', 'nonsense'],
  ['is about the process itself', 'system warm'],
  ['opens a shell', 'build --shell'],
  ['reads standard input', '-f - config'],
  ['reads standard input', '-f- config'],
  ['reads standard input', '--file=- config'],
  ['names a descriptor', '-f /dev/fd/63 config'],
  ['names a descriptor', '--env-file /dev/stdin config'],
  ['names a descriptor', '-f /proc/self/fd/3 config'],
])('what %s is not served: "%s"', ([, line = '']) => {
  expect(served(line)).toBe(false)
})

test('a descriptor in a variable that may name files is not served', () => {
  expect(served('ps', { COMPOSE_FILE: 'compose.yaml:/dev/fd/5' })).toBe(false)
  expect(served('ps', { TCOMPOSE_REGISTRIES: '/dev/stdin' })).toBe(false)
  expect(served('ps', { OTHER: '/dev/stdin', COMPOSE_FILE: 'compose.yaml' })).toBe(true)
})

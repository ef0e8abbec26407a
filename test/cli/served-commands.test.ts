import { expect, test } from 'vitest'
import { isServed } from '../../src/cli/served-commands.ts'

const served = (line: string, environment: Readonly<Record<string, string>> = {}, isAtTerminal = false) =>
  isServed({ argv: line.split(' '), environment: new Map(Object.entries(environment)), isAtTerminal })

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
  'exec web true',
  '-f other.yaml exec -T web sh -c env',
  'run --rm web true',
  'cp web:/etc/passwd .',
  'logs --tail 5 web',
  '-f other.yaml logs',
  'rm -sf',
  'rm --force web',
  'stats --no-stream',
  'up -dV',
])('"%s" is served', line => {
  expect(served(line)).toBe(true)
})

test.for([
  ['shows logs', 'up'],
  ['shows logs', 'up web'],
  ['stays', 'logs -f'],
  ['stays', 'logs -tf web'],
  ['stays', 'stats'],
  ['may mean attach', '-p ps attach web'],
  ['reads standard input', 'exec web cat -'],
  ['copies from standard input', 'cp - web:/srv'],
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

test('what runs a program on a terminal is not served: it may stay for long', () => {
  expect(served('exec web sh', {}, true)).toBe(false)
  expect(served('run --rm web sh', {}, true)).toBe(false)
  expect(served('ps', {}, true)).toBe(true)
})

test('a descriptor in a variable that may name files is not served', () => {
  expect(served('ps', { COMPOSE_FILE: 'compose.yaml:/dev/fd/5' })).toBe(false)
  expect(served('ps', { TCOMPOSE_REGISTRIES: '/dev/stdin' })).toBe(false)
  expect(served('ps', { OTHER: '/dev/stdin', COMPOSE_FILE: 'compose.yaml' })).toBe(true)
})

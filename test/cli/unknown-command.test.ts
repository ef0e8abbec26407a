import { expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { recordedPorts } from '../support/cli-ports.ts'

test.for([
  ['frobnicate'],
  ['frobnicate', '--help'],
  ['--help', 'frobnicate'],
  ['--version', 'frobnicate'],
  ['-f', 'up', 'frobnicate', '-h'],
  ['--file=a', 'frobnicate', '--', 'x'],
  ['--', 'frobnicate'],
  ['frobnicate', 'up'],
  ['image', 'frobnicate'],
  ['image', 'frobnicate', '--help'],
  ['system', 'frobnicate', '-h'],
])('an unknown command is an error: %j', async argv => {
  const ports = recordedPorts(argv)
  expect(await runCli(ports)).toBe(2)
  expect(ports.stderr.text).toContain('unknown command "frobnicate"')
  expect(ports.stdout.text).toBe('')
})

test.for([
  [['help', 'frobnicate'], 'unknown command "frobnicate"'],
  [['expain', '--help'], 'did you mean "explain"'],
  [['image', 'lss', '--help'], 'did you mean "ls"'],
] as const)('an unknown command gets a hint: %j', async ([argv, hint]) => {
  const ports = recordedPorts([...argv])
  expect(await runCli(ports)).toBe(2)
  expect(ports.stderr.text).toContain(hint)
})

test.for([
  [['up', '--help'], 'Usage: tcompose up'],
  [['image', 'ls', '--help'], 'Usage: tcompose image ls'],
  [['--help'], 'Usage: tcompose'],
  [['--version'], 'tcompose version'],
] as const)('help and version of what is known are shown: %j', async ([argv, text]) => {
  const ports = recordedPorts([...argv])
  expect(await runCli(ports)).toBe(0)
  expect(ports.stdout.text).toContain(text)
})

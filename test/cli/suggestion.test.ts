import { expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { recordedPorts } from '../support/cli-ports.ts'

test.for([
  [['up', '--wiat'], 'did you mean "--wait"?'],
  [['up', '--no-recraete'], 'did you mean "--no-recreate"?'],
  [['--fiel', 'up'], 'did you mean "--file"?'],
  [['image', 'ls', '--qiuet'], 'did you mean "--quiet"?'],
  [['donw'], 'did you mean "down"?'],
] as const)('suggestionFor() knows the options and commands of what is called: %j', async ([argv, hint]) => {
  const ports = recordedPorts([...argv])
  expect(await runCli(ports)).toBe(2)
  expect(ports.stderr.text).toContain(hint)
})

test('suggestionFor() suggests nothing where nothing is near', async () => {
  const ports = recordedPorts(['up', '--frobnicate'])
  expect(await runCli(ports)).toBe(2)
  expect(ports.stderr.text).not.toContain('did you mean')
})

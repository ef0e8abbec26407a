import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

test('a question names containers without their control characters', async () => {
  const name = 'shop-web-1\u001b[2J'
  const ports = recordedPorts(
    ['rm'],
    {
      containers: async () =>
        ({
          kind: 'found',
          project: 'shop',
          containers: [{ name, service: 'web', state: { kind: 'exited', exitCode: 0 } }],
          diagnostics: [],
        }) as never,
    },
    { isInputTerminal: true },
  )
  await runCli(ports)
  expect(ports.stderr.text).toContain('Going to remove shop-web-1\\x1b[2J')
})

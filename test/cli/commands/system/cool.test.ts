import { expect, test } from 'vitest'
import { runCli } from '../../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../../support/cli-ports.ts'

test('system cool says what it ended', async () => {
  const { warm } = recordedPorts([])
  const end = async () => ({ pid: 12, startedAt: 0, commands: 3, residentBytes: 1, withProjects: false })
  const some = recordedPorts(['system', 'cool'], {}, { warm: { ...warm, end } })
  expect([await runCli(some), some.stdout.text]).toEqual([0, 'Process 12 has ended\n'])
  const none = recordedPorts(['system', 'cool'])
  expect([await runCli(none), none.stdout.text]).toEqual([0, 'No process is kept warm\n'])
})

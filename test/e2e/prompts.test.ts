import { describe, expect, test } from 'vitest'
import { runAtTerminal } from '../support/at-terminal.ts'
import { TestProject } from '../support/test-project.ts'

describe('Ctrl-C at a question is an interrupt, not an answer, for', () => {
  for (const { command, question } of [
    { command: 'login 127.0.0.1:1', question: 'Username: ' },
    { command: 'login -u user 127.0.0.1:1', question: 'Password: ' },
    { command: 'image prune', question: '[y/N] ' },
    { command: 'system prune', question: '[y/N] ' },
  ]) {
    test(command, async () => {
      await using project = new TestProject({})
      const { exitCode, screen } = await runAtTerminal(project, command, [{ question, keys: '\u0003' }])
      expect(exitCode).toBe(130)
      expect(screen).not.toContain('error')
    })
  }
})

test('image prune keeps images after a no, and removes them after a yes', async () => {
  await using project = new TestProject({})
  const answered = (keys: string) => runAtTerminal(project, 'image prune', [{ question: '[y/N] ', keys }])
  const refused = await answered('n\r')
  expect(refused.exitCode).toBe(0)
  expect(refused.screen).not.toContain('reclaimed')
  expect((await answered('y\r')).screen).toContain('Total reclaimed space: 0B')
})

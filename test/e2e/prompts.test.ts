import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')

/** Runs a command on a terminal, and types `keys` once it has asked `question`. */
async function runAtTerminal(
  project: TestProject,
  command: string,
  { question, keys }: { readonly question: string; readonly keys: string },
) {
  const child = spawn('script', ['-qec', `"${BIN}" ${command}`, '/dev/null'], {
    cwd: project.folder,
    env: project.environment,
  })
  let screen = ''
  let isAnswered = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
    if (isAnswered || !screen.includes(question)) return
    isAnswered = true
    child.stdin.write(keys)
  })
  const [exitCode] = await once(child, 'close')
  return { exitCode, screen }
}

describe('Ctrl-C at a question is an interrupt, not an answer, for', () => {
  for (const { command, question } of [
    { command: 'login 127.0.0.1:1', question: 'Username: ' },
    { command: 'login -u user 127.0.0.1:1', question: 'Password: ' },
    { command: 'image prune', question: '[y/N] ' },
    { command: 'system prune', question: '[y/N] ' },
  ]) {
    test(command, async () => {
      await using project = new TestProject({})
      const { exitCode, screen } = await runAtTerminal(project, command, { question, keys: '\u0003' })
      expect(exitCode).toBe(130)
      expect(screen).not.toContain('error')
    })
  }
})

test('image prune keeps images after a no, and removes them after a yes', async () => {
  await using project = new TestProject({})
  const answered = (keys: string) => runAtTerminal(project, 'image prune', { question: '[y/N] ', keys })
  const refused = await answered('n\r')
  expect(refused.exitCode).toBe(0)
  expect(refused.screen).not.toContain('reclaimed')
  expect((await answered('y\r')).screen).toContain('Total reclaimed space: 0B')
})

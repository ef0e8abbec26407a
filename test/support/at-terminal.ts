import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { TestProject } from './test-project.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')

/** What is typed once the screen shows something, behind what it showed for the answer before. */
export interface Answer {
  readonly question: string
  readonly keys: string
  /** What is done at that moment. @default nothing */
  readonly act?: () => void
}

/** How a command ended, and all that its terminal was sent. */
export interface TerminalResult {
  readonly exitCode: number | null
  readonly screen: string
}

/** Runs a command of tcompose on a terminal, and types an answer to each question, in order. */
export async function runAtTerminal(
  project: TestProject,
  command: string,
  answers: readonly Answer[],
): Promise<TerminalResult> {
  const child = spawn('script', ['-qec', `"${BIN}" ${command}`, '/dev/null'], {
    cwd: project.folder,
    env: project.environment,
  })
  const ahead = [...answers]
  let screen = ''
  let unread = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
    unread += text
    for (let next = ahead[0]; next !== undefined && unread.includes(next.question); next = ahead[0]) {
      unread = ''
      next.act?.()
      child.stdin.write(next.keys)
      ahead.shift()
    }
  })
  const [exitCode] = await once(child, 'close')
  return { exitCode, screen }
}

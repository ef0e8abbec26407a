import { createInterface } from 'node:readline'
import { resultOf, type TestProject } from './test-project.ts'

/** Starts a command, sends SIGKILL once `steps` of its steps have finished, and returns how many did. */
export async function killedAfter(
  project: TestProject,
  args: readonly string[],
  steps: number,
): Promise<number> {
  const child = project.spawn(['--progress', 'json', ...args])
  const ended = resultOf(child)
  let finished = 0
  if (child.stderr === null) throw new Error('the command has no standard error')
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes('"step-finished"')) finished += 1
    if (finished >= steps) child.kill('SIGKILL')
  }
  await ended
  return finished
}

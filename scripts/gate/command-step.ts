import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'
import type { Step } from './step.ts'
import { toolEnvironment } from './tool-environment.ts'

/** A step that is one test: the command exits with 0. Its output is shown only if it does not. */
export function commandStep(name: string, command: readonly [program: string, ...args: string[]]): Step {
  return {
    name,
    run: async () => {
      const { code, output } = await runCommand(command)
      if (code === 0) return { passed: 1, failures: [], skipped: [] }
      process.stdout.write(`\n--- ${name}\n${output}\n`)
      return { passed: 0, failures: [`${name}: exit code ${code}`], skipped: [] }
    },
  }
}

/** The command line that runs a file with this Node. */
export function nodeCommand(...args: readonly string[]): readonly [program: string, ...args: string[]] {
  return [process.execPath, ...args]
}

/** The command line that runs a program of a development dependency with this Node. */
export function packageCommand(path: string, ...args: readonly string[]): readonly [string, ...string[]] {
  return nodeCommand(join(projectRoot, 'node_modules', path), ...args)
}

async function runCommand([program, ...args]: readonly [string, ...string[]]): Promise<{
  readonly code: number | string
  readonly output: string
}> {
  const child = spawn(program, args, {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: toolEnvironment(),
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code, signal] = await once(child, 'close')
  return { code: code ?? signal, output: Buffer.concat(chunks).toString().trimEnd() }
}

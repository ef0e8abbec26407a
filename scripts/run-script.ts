import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectRoot } from './project-root.ts'

/**
 * Runs a script of the checkout with this Node, output passed through. If it fails, this process exits with the same
 * code: the script has reported why.
 */
export async function runScript(path: string, args: readonly string[] = []): Promise<void> {
  const child = spawn(process.execPath, [path, ...args], {
    cwd: projectRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exit(code ?? 1)
}

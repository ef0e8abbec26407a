import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'

/** A command to time. */
export interface TimedCommand {
  readonly command: readonly string[]
  /** Text or bytes for standard input. */
  readonly input?: string | Uint8Array
  /** File for standard input. */
  readonly inputFile?: string
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Called with the process id. */
  readonly onStart?: (pid: number) => void
  /** Called with all that a command wrote that succeeded. */
  readonly onOutput?: (text: string) => void
}

/** Runs a command and returns the milliseconds from its start to its exit. Rejects with its output if it fails. */
export function runTimed({
  command,
  input,
  inputFile,
  cwd,
  env,
  onStart,
  onOutput,
}: TimedCommand): Promise<number> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['pipe', 'pipe', 'pipe'] })
    if (child.pid !== undefined) onStart?.(child.pid)
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    // A command that does not read its input closes it early.
    child.stdin.on('error', () => undefined)
    if (inputFile === undefined) child.stdin.end(input ?? '')
    else createReadStream(inputFile).pipe(child.stdin)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      const tookMs = performance.now() - started
      if (code === 0) {
        onOutput?.(Buffer.concat(output).toString())
        return resolve(tookMs)
      }
      const text = Buffer.concat(output).toString().trim().split('\n').slice(-3).join(' | ')
      reject(new Error(`${command.join(' ')} exited with ${code ?? signal}: ${text}`))
    })
  })
}

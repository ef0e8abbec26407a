import { execFile } from 'node:child_process'

/**
 * Runs a program of the machine and returns its standard output.
 *
 * @throws {Error} If it is missing or fails; the message ends with its last line on standard error.
 */
export function runTool(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const options = {
    cwd,
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  }
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout)
      const reason =
        stderr
          .trim()
          .split('\n')
          .findLast(line => line !== '') ?? error.message
      reject(new Error(`Cannot run ${program}: ${reason}`, { cause: error }))
    })
  })
}

import { spawn } from 'node:child_process'
import { parseJsonObject, textAt } from '../json-reader.ts'
import { settingsInvalid } from './registry-errors.ts'

/** What a helper program keeps for a host. */
export interface HelperAnswer {
  /** `<token>` where the secret is an identity token. */
  readonly username: string
  readonly secret: string
}

/**
 * Asks the program `docker-credential-<name>` what is kept for `host`: the host on standard input, JSON on standard
 * output. Returns undefined if it keeps nothing for it.
 *
 * @throws {TcomposeError} `registry-settings` if the program is missing or fails.
 */
export async function askCredentialHelper(
  name: string,
  host: string,
  environment: NodeJS.ProcessEnv,
): Promise<HelperAnswer | undefined> {
  const program = `docker-credential-${name}`
  const { code, output } = await run(program, host, environment)
  if (code !== 0) {
    if (/credentials not found/i.test(output)) return undefined
    throw settingsInvalid(
      program,
      `it ended with ${code} (${output.trim()}), expected credentials of ${host}`,
    )
  }
  const answer = parseJsonObject(Buffer.from(output), `answer of ${program}`)
  const username = textAt(answer, 'Username') ?? ''
  const secret = textAt(answer, 'Secret') ?? ''
  return secret === '' ? undefined : { username, secret }
}

function run(
  program: string,
  host: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env: environment, stdio: ['pipe', 'pipe', 'ignore'] })
    const chunks: Buffer[] = []
    child.once('error', error =>
      reject(settingsInvalid(program, 'it cannot be run, expected a program', error)),
    )
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('close', code => resolve({ code, output: Buffer.concat(chunks).toString('utf8') }))
    // A helper that ends without reading its input breaks the pipe; how it ended tells enough.
    child.stdin.once('error', () => {})
    child.stdin.end(host)
  })
}

import { spawn } from 'node:child_process'
import { parseJsonObject, textAt } from '../base/json-reader.ts'
import { settingsInvalid } from './registry-errors.ts'

/** What a helper program keeps for a host. */
export interface HelperAnswer {
  /** `<token>` where the secret is an identity token. */
  readonly username: string
  readonly secret: string
}

/** Which helper program to run, with which environment. */
export interface CredentialHelper {
  /** What comes behind `docker-credential-`. */
  readonly name: string
  readonly environment: NodeJS.ProcessEnv
}

/** Returns the name of a helper's program. */
export function helperProgram({ name }: Pick<CredentialHelper, 'name'>): string {
  return `docker-credential-${name}`
}

/**
 * Asks a helper what is kept under `key`: the key on standard input, JSON on standard output. Returns undefined if it
 * keeps nothing for it.
 *
 * @throws {TcomposeError} `registry-settings` if the program is missing or fails.
 */
export async function askCredentialHelper(
  helper: CredentialHelper,
  key: string,
): Promise<HelperAnswer | undefined> {
  const { code, output } = await run(helper, 'get', key)
  if (code !== 0) {
    if (isNotFound(output)) return undefined
    throw helperFailed(helper, `it ended with ${code} (${output.trim()}), expected credentials of ${key}`)
  }
  const answer = parseJsonObject(Buffer.from(output), `answer of ${helperProgram(helper)}`)
  const username = textAt(answer, 'Username') ?? ''
  const secret = textAt(answer, 'Secret') ?? ''
  return secret === '' ? undefined : { username, secret }
}

/** Has a helper keep credentials under `key`. @throws {TcomposeError} As `askCredentialHelper`. */
export async function storeInHelper(
  helper: CredentialHelper,
  key: string,
  { username, secret }: HelperAnswer,
): Promise<void> {
  const text = JSON.stringify({ ServerURL: key, Username: username, Secret: secret })
  const { code, output } = await run(helper, 'store', text)
  if (code === 0) return
  throw helperFailed(
    helper,
    `it ended with ${code} (${output.trim()}), expected it to store the credentials of ${key}`,
  )
}

/** Has a helper forget what it keeps under `key`, if anything. @throws {TcomposeError} As `askCredentialHelper`. */
export async function eraseFromHelper(helper: CredentialHelper, key: string): Promise<void> {
  const { code, output } = await run(helper, 'erase', key)
  if (code === 0 || isNotFound(output)) return
  throw helperFailed(
    helper,
    `it ended with ${code} (${output.trim()}), expected it to erase the credentials of ${key}`,
  )
}

function isNotFound(output: string): boolean {
  return /credentials not found/i.test(output)
}

function helperFailed(helper: CredentialHelper, problem: string, cause?: unknown): Error {
  return settingsInvalid(helperProgram(helper), problem, cause)
}

function run(
  helper: CredentialHelper,
  verb: 'get' | 'store' | 'erase',
  input: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(helperProgram(helper), [verb], {
      env: helper.environment,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const chunks: Buffer[] = []
    child.once('error', error =>
      reject(helperFailed(helper, 'it cannot be run, expected a program on PATH', error)),
    )
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('close', code => resolve({ code, output: Buffer.concat(chunks).toString('utf8') }))
    // A helper that ends without reading its input breaks the pipe; how it ended is enough.
    child.stdin.once('error', () => {})
    child.stdin.end(input)
  })
}

import type { App, LoginRequest, LoginResult } from '../../app/index.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { reportFailure, reportWarnings } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { safeLine } from '../views/safe-text.ts'

/** The options of `login`. */
export interface LoginValues {
  readonly username?: string
  readonly password?: string
  readonly passwordStdin?: boolean
}

/**
 * Logs in with the user and the password of the options, with what is kept, or with what is asked for at the terminal.
 *
 * @throws {UsageError} If the options do not fit, or there is nobody to ask.
 */
export async function logIn(
  context: CommandContext,
  server: string | undefined,
  values: LoginValues,
): Promise<number> {
  requireFitting(values)
  const { ports } = context
  const app = await ports.loadApp()
  const attempt: LoginAttempt = { app, server, values }
  if (values.username === undefined && values.password === undefined) {
    const done = await logInWithKept(context, attempt)
    if (done !== undefined) return done
  }
  if (values.password !== undefined) {
    reportWarnings(context, ['Other users of this machine can see --password: use --password-stdin'])
  }
  const account = await askForAccount(context, values)
  const result = await app.login({ server, account, signal: ports.interrupts.first })
  return report(context, result)
}

interface LoginAttempt {
  readonly app: App
  readonly server: LoginRequest['server']
  readonly values: LoginValues
}

function requireFitting({ username, password, passwordStdin }: LoginValues): void {
  if (passwordStdin && password !== undefined) {
    throw new UsageError('--password and --password-stdin are both given, expected one of them')
  }
  if (passwordStdin && username === undefined) {
    throw new UsageError('--password-stdin is given without a user', 'Add --username')
  }
}

/** Returns the exit code, or undefined where a terminal is there to ask for another account. */
async function logInWithKept(
  context: CommandContext,
  { app, server }: LoginAttempt,
): Promise<number | undefined> {
  const { ports } = context
  try {
    const result = await app.login({ server, account: undefined, signal: ports.interrupts.first })
    if (result.kind === 'no-account') return undefined
    ports.stderr.write(`Authenticated with the account that is kept: ${safeLine(result.username)}\n`)
    return report(context, result)
  } catch (error) {
    const isRefused = error instanceof TcomposeError && error.code === 'registry-login'
    if (!isRefused || !ports.isInputTerminal) throw error
    reportFailure(context, error)
    return undefined
  }
}

async function askForAccount(
  context: CommandContext,
  { username, password, passwordStdin }: LoginValues,
): Promise<{ readonly username: string; readonly password: string }> {
  const { ports } = context
  const user = username ?? (await ask(context, 'a user', () => ports.ask('Username: '))).trim()
  if (user === '') throw new UsageError('the user is empty, expected a name')
  const secret = password ?? (await readSecret(context, passwordStdin === true))
  if (secret === '') throw new UsageError('the password is empty, expected one')
  return { username: user, password: secret }
}

async function readSecret(context: CommandContext, fromInput: boolean): Promise<string> {
  const { ports } = context
  if (!fromInput) return await ask(context, 'a password', () => ports.askSecret('Password: '))
  const text = await untilInterrupted(context, ports.readInput())
  return text.replace(/\r?\n$/, '')
}

/** @throws {UsageError} If there is no terminal to ask at. */
async function ask(context: CommandContext, what: string, question: () => Promise<string>): Promise<string> {
  if (context.ports.isInputTerminal) return await untilInterrupted(context, question())
  throw new UsageError(
    `login asks for ${what}, and there is no terminal`,
    'Add --username, and --password-stdin to read the password from standard input',
  )
}

function report(context: CommandContext, result: LoginResult): number {
  if (result.kind === 'no-account') return EXIT.failed
  const { host, isChecked, kept } = result
  const warnings = [
    ...(isChecked ? [] : [`${host} lets everybody in: user and password were not checked`]),
    ...(kept?.kind === 'file'
      ? [
          `The password is kept unencrypted in ${kept.path}; name a helper program in its "credsStore" to change that`,
        ]
      : []),
  ]
  reportWarnings(context, warnings)
  context.ports.stdout.write('Login Succeeded\n')
  return EXIT.done
}

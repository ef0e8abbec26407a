import type { LoginResult } from '../../app/index.ts'
import { login } from '../../app/login.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportFailure, reportWarnings } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { safeLine } from '../views/safe-text.ts'

interface Values {
  readonly username?: string
  readonly password?: string
  readonly passwordStdin?: boolean
}

/** `login`: keeps a user's password for a registry. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: loginCommand =>
    loginCommand
      .description('Log in to a registry')
      .argument('[server]', 'Host of the registry, Docker Hub if left out')
      .option('-u, --username <name>', 'User name')
      .option('-p, --password <password>', 'Password or access token')
      .option('--password-stdin', 'Read the password from standard input'),
  examples: [
    ['tcompose login', 'log in to Docker Hub'],
    ['tcompose login ghcr.io -u me --password-stdin < token', 'in a script'],
  ],
  run: logIn,
})

/**
 * Logs in with the user and the password of the options, with what is kept, or with what is asked for at the terminal.
 *
 * @throws {UsageError} If the options do not fit, or there is no terminal to ask on.
 */
async function logIn(context: CommandContext, [server]: readonly string[], values: Values): Promise<number> {
  requireFitting(values)
  const { ports } = context
  if (values.username === undefined && values.password === undefined) {
    const done = await logInWithKept(context, server)
    if (done !== undefined) return done
  }
  if (values.password !== undefined) {
    reportWarnings(context, ['Other users of this machine can see --password: use --password-stdin'])
  }
  const account = await askForAccount(context, values)
  const result = await ports.call(login, { server, account, signal: ports.interrupts.first })
  return report(context, result)
}

function requireFitting({ username, password, passwordStdin }: Values): void {
  if (passwordStdin && password !== undefined) {
    throw new UsageError('--password and --password-stdin cannot be combined')
  }
  if (passwordStdin && username === undefined) {
    throw new UsageError('--password-stdin needs a user name', 'Add --username')
  }
}

/** Returns the exit code, or undefined where a terminal is there to ask for another account. */
async function logInWithKept(
  context: CommandContext,
  server: string | undefined,
): Promise<number | undefined> {
  const { ports } = context
  try {
    const result = await ports.call(login, { server, account: undefined, signal: ports.interrupts.first })
    if (result.kind === 'no-account') return undefined
    ports.stderr.write(`Authenticated with existing credentials of ${safeLine(result.username)}\n`)
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
  { username, password, passwordStdin }: Values,
): Promise<{ readonly username: string; readonly password: string }> {
  const { ports } = context
  const user = username ?? (await ask(context, 'a user name', () => ports.ask('Username: '))).trim()
  if (user === '') throw new UsageError('the user name is empty')
  const secret = password ?? (await readSecret(context, passwordStdin === true))
  if (secret === '') throw new UsageError('the password is empty')
  return { username: user, password: secret }
}

async function readSecret(context: CommandContext, fromInput: boolean): Promise<string> {
  const { ports } = context
  if (!fromInput) return await ask(context, 'a password', () => ports.askSecret('Password: '))
  const text = await untilInterrupted(context, ports.readInput())
  return text.replace(/\r?\n$/, '')
}

/** @throws {UsageError} If there is no terminal to ask on. */
async function ask(context: CommandContext, what: string, question: () => Promise<string>): Promise<string> {
  if (context.ports.isInputTerminal) return await untilInterrupted(context, question())
  throw new UsageError(
    `login needs ${what}, and there is no terminal to ask on`,
    'Add --username, and --password-stdin to read the password from standard input',
  )
}

function report(context: CommandContext, result: LoginResult): number {
  if (result.kind === 'no-account') return EXIT.failed
  const { host, isChecked, kept } = result
  const warnings = [
    ...(isChecked ? [] : [`${host} requires no login: user name and password were not checked`]),
    ...(kept?.kind === 'file'
      ? [
          `The password is stored unencrypted in ${kept.path}; set "credsStore" there to use a credential helper`,
        ]
      : []),
  ]
  reportWarnings(context, warnings)
  context.ports.stdout.write('Login Succeeded\n')
  return EXIT.done
}

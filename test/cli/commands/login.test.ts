import { expect, test } from 'vitest'
import type { LoginRequest, LoginResult } from '../../../src/app/index.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import type { CliPorts } from '../../../src/cli/cli-ports.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { type RecordedPorts, recordedPorts } from '../../support/cli-ports.ts'
import type { FakeUseCases } from '../../support/fake-use-cases.ts'

const DONE: LoginResult = {
  kind: 'logged-in',
  host: 'a.example',
  username: 'user',
  isChecked: true,
  kept: { kind: 'helper', program: 'docker-credential-x' },
}

interface Run {
  readonly exitCode: number
  readonly ports: RecordedPorts
  readonly requests: readonly LoginRequest[]
}

async function run(
  argv: readonly string[],
  answer: (request: LoginRequest) => LoginResult | TcomposeError,
  changes: Partial<CliPorts> = {},
): Promise<Run> {
  const requests: LoginRequest[] = []
  const app: FakeUseCases = {
    login: async request => {
      requests.push(request)
      const result = answer(request)
      if (result instanceof TcomposeError) throw result
      return result
    },
  }
  const ports = recordedPorts(argv, app, changes)
  return { exitCode: await runCli(ports), ports, requests }
}

const TERMINAL: Partial<CliPorts> = {
  isInputTerminal: true,
  ask: async () => ' me ',
  askSecret: async () => 'secret ',
}

test('login sends the user and the password of the options, and warns of the latter', async () => {
  const { exitCode, ports, requests } = await run(['login', '-u', 'me', '-p', 'x', 'a.example'], () => DONE)
  expect(requests).toMatchObject([{ server: 'a.example', account: { username: 'me', password: 'x' } }])
  expect(ports.stdout.text).toBe('Login Succeeded\n')
  expect(ports.stderr.text).toBe(
    'warning: Other users of this machine can see --password: use --password-stdin\n',
  )
  expect(exitCode).toBe(0)
})

for (const [typed, password] of [
  ['x y\n', 'x y'],
  ['x\r\n', 'x'],
  ['x', 'x'],
  ['x\n\n', 'x\n'],
] as const) {
  test(`login --password-stdin takes ${JSON.stringify(typed)} for ${JSON.stringify(password)}`, async () => {
    const { requests, ports } = await run(['login', '-u', 'me', '--password-stdin'], () => DONE, {
      readInput: async () => typed,
    })
    expect(requests).toMatchObject([{ server: undefined, account: { username: 'me', password } }])
    expect(ports.stderr.text).toBe('')
  })
}

test('login asks at a terminal for what is not given, and does not change the password', async () => {
  const { requests } = await run(
    ['login', 'a.example'],
    ({ account }) => (account === undefined ? { kind: 'no-account' } : DONE),
    TERMINAL,
  )
  expect(requests.map(({ account }) => account)).toEqual([undefined, { username: 'me', password: 'secret ' }])
})

test('login tries what is kept first, and asks when that is refused', async () => {
  const refused = new TcomposeError('registry-login', 'Cannot log in to "a.example": no')
  const kept = await run(['login'], () => ({ ...DONE, kept: undefined }), TERMINAL)
  expect(kept.requests).toHaveLength(1)
  expect(kept.ports.stderr.text).toContain('existing credentials of user')
  const asked = await run(['login'], ({ account }) => (account === undefined ? refused : DONE), TERMINAL)
  expect(asked.requests).toHaveLength(2)
  expect(asked.exitCode).toBe(0)
  const alone = await run(['login'], () => refused)
  expect(alone.requests).toHaveLength(1)
  expect(alone.exitCode).toBe(1)
})

test('login says where a password is kept in plain text, and that nothing was checked', async () => {
  const { ports } = await run(
    ['login', '-u', 'me', '--password-stdin'],
    () => ({
      ...DONE,
      isChecked: false,
      kept: { kind: 'file', path: '/home/me/.docker/config.json' },
    }),
    { readInput: async () => 'x' },
  )
  expect(ports.stderr.text).toContain('a.example requires no login: user name and password were not checked')
  expect(ports.stderr.text).toContain('stored unencrypted in /home/me/.docker/config.json')
})

const misuses: ReadonlyArray<{
  readonly argv: readonly string[]
  readonly changes?: Partial<CliPorts>
  readonly says: string
}> = [
  { argv: ['-u', 'a', '-p', 'b', '--password-stdin'], says: 'cannot be combined' },
  { argv: ['--password-stdin'], says: '--password-stdin needs a user name' },
  { argv: ['-u', 'a'], says: 'needs a password, and there is no terminal' },
  { argv: ['-p', 'a'], says: 'needs a user name, and there is no terminal' },
  { argv: ['-u', 'a', '--password-stdin'], says: 'the password is empty' },
  { argv: ['-u', ''], says: 'the user name is empty' },
]

for (const { argv, says } of misuses) {
  test(`login ${argv.join(' ')} is refused: ${says}`, async () => {
    const { exitCode, ports, requests } = await run(['login', ...argv], () => DONE)
    expect(exitCode).toBe(2)
    expect(ports.stderr.text).toContain(says)
    expect(requests).toEqual([])
  })
}

for (const [wasLoggedIn, says] of [
  [true, 'Removing login credentials for a.example\n'],
  [false, 'Not logged in to a.example\n'],
] as const) {
  test(`logout says ${JSON.stringify(says)}`, async () => {
    const ports = recordedPorts(['logout', 'a.example'], {
      logout: async server => ({ host: server ?? '', wasLoggedIn }),
    })
    expect(await runCli(ports)).toBe(0)
    expect(ports.stdout.text).toBe(says)
  })
}

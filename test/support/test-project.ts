import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'

import { instanceTag } from '../../src/engine/local/state/layout.ts'
import { changedSettings, type HostSettings, readHostSettings } from './host-settings.ts'
import { expectNothingNew, type HostState, snapshotHost } from './host-state.ts'
import { waitForClosingKeepers } from './wait-for-keeper.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')

/** Lets every test run its commands in a warm process, where they can. */
const ALL_WARM = process.env['TCOMPOSE_TEST_WARM'] === '1'

/** The result of a command. */
export interface CommandResult {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface TestProjectOptions {
  /** Text of compose.yaml; undefined writes none. */
  readonly compose?: string
  /** Further files by relative path. */
  readonly files?: Readonly<Record<string, string>>
  /** Run in this folder instead of a new one. */
  readonly folder?: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether commands run in a warm process of the project, where they can. */
  readonly isWarm?: boolean
}

/**
 * A project in a folder of its own, with its own data and run folders. Disposing takes it down, removes them, and fails
 * if anything of it is left on the host.
 */
export class TestProject implements AsyncDisposable {
  readonly state: string
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  readonly #before: HostState
  readonly #settings: HostSettings
  readonly #isWarm: boolean

  constructor({ compose, files = {}, folder, env = {}, isWarm = ALL_WARM }: TestProjectOptions) {
    this.#isWarm = isWarm
    this.#before = snapshotHost()
    this.#settings = readHostSettings()
    this.state = mkdtempSync(join(tmpdir(), 'tc-'))
    chmodSync(this.state, 0o755)
    this.folder = folder ?? join(this.state, 'project')
    if (folder === undefined) mkdirSync(this.folder)
    const {
      COMPOSE_FILE: _file,
      COMPOSE_PROJECT_NAME: _name,
      FORCE_COLOR: _color,
      ...inherited
    } = process.env
    this.environment = {
      ...inherited,
      TCOMPOSE_DATA: join(this.state, 'data'),
      TCOMPOSE_RUN: join(this.state, 'run'),
      ...(!isWarm && { TCOMPOSE_WARM: '0' }),
      ...env,
    }
    if (isWarm) spawnSync(BIN, ['system', 'warm'], { env: this.environment, stdio: 'ignore' })
    if (compose !== undefined) this.write('compose.yaml', compose)
    for (const [path, text] of Object.entries(files)) this.write(path, text)
  }

  write(path: string, text: string): void {
    const target = join(this.folder, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
  }

  /** Starts a command without waiting for it. */
  spawn(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(BIN, args, { cwd: this.folder, env: { ...this.environment, ...env } })
  }

  /** Runs a command to its end. */
  run(
    args: readonly string[],
    options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<CommandResult> {
    const child = this.spawn(args, options.env)
    // A command may end before it has read its input.
    child.stdin?.on('error', () => {}).end(options.input ?? '')
    return resultOf(child)
  }

  /**
   * Runs a command as another, unprivileged user. That user sees the checkout as `<state>/checkout`, mounted for this
   * command only: its real path may be accessible to root only.
   */
  runAs(uid: number, args: readonly string[]): Promise<CommandResult> {
    const checkout = join(this.state, 'checkout')
    mkdirSync(checkout, { recursive: true })
    const mountAndRun =
      'mount --bind "$1" "$2" && user=$3 && shift 3 && exec setpriv --reuid="$user" --regid="$user" --clear-groups "$@"'
    return resultOf(
      spawn(
        'unshare',
        [
          ...['--mount', 'sh', '-c', mountAndRun, 'sh'],
          ...[resolve(BIN, '../..'), checkout, String(uid), join(checkout, 'bin/tcompose')],
          ...args,
        ],
        { cwd: '/', env: { ...this.environment, COMPOSE_FILE: join(this.folder, 'compose.yaml') } },
      ),
    )
  }

  /** Sends SIGKILL to the main process of the first container of a service, without tcompose. */
  async killMain(service: string): Promise<void> {
    const [id = ''] = (await this.succeed('ps', '-q', service)).split('\n')
    const projects = join(this.state, 'run', 'projects')
    const pidFile = readdirSync(projects)
      .flatMap(project =>
        readdirSync(join(projects, project, 'containers')).map(name =>
          join(projects, project, 'containers', name),
        ),
      )
      .find(path => basename(path).startsWith(id))
    if (pidFile === undefined) throw new Error(`service ${service} has no container`)
    process.kill(Number(readFileSync(join(pidFile, 'pid'), 'utf8').split(' ')[0]), 'SIGKILL')
  }

  /** Runs a command that must succeed, and returns what it wrote to standard output. */
  async succeed(...args: readonly string[]): Promise<string> {
    const result = await this.run(args)
    if (result.exitCode !== 0)
      throw new Error(
        `tcompose ${args.join(' ')} exited with ${result.exitCode}:\n${result.stdout}${result.stderr}`,
      )
    return result.stdout
  }

  #projects(): readonly string[] {
    const folder = join(this.state, 'data', 'projects')
    return existsSync(folder) ? readdirSync(folder) : []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const down = await this.run(['down', '-v', '--remove-orphans', '-t', '1'])
    // A failed test may leave projects of other names.
    for (const name of this.#projects()) await this.run(['-p', name, 'down', '-v', '-t', '1'])
    if (this.#isWarm) await this.run(['system', 'cool'])
    const isEmpty = !existsSync(join(this.state, 'data', 'projects'))
    const run = join(this.state, 'run')
    waitForClosingKeepers(run)
    rmSync(this.state, { recursive: true, force: true })
    if (down.exitCode !== 0 && !isEmpty)
      throw new Error(`tcompose down exited with ${down.exitCode}:\n${down.stderr}`)
    expectNothingNew(this.#before, { naming: [this.state, instanceTag({ data: '', run })] })
    const changes = changedSettings(this.#settings)
    if (changes.length > 0) throw new Error(`Cannot leave the host as it was: ${changes.join('; ')}`)
  }
}

/** Collects what `child` writes until it has ended. */
export function resultOf(child: ChildProcess): Promise<CommandResult> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolvePromise, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) =>
      resolvePromise({
        exitCode,
        signal,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    )
  })
}

import type { ChildProcess } from 'node:child_process'
import { globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { instanceTag, projectLayout, type Roots } from '../../src/engine/local/state/layout.ts'
import { parseProjectName } from '../../src/model/names.ts'
import { eventually } from '../support/eventually.ts'
import { expectNothingNew, type HostState, snapshotHost } from '../support/host-state.ts'
import { type CommandResult, TestProject } from '../support/test-project.ts'
import { expectHonest, type Tolerance } from './expect-honest.ts'
import { findKeeper } from './process-of-project.ts'

/** Services with some of everything that a project has in the kernel and on disk. */
const COMPOSE = `
services:
  web:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    ports: ["127.0.0.1::80"]
    volumes: ["data:/siege"]
    networks: [default, back]
    mem_limit: 64m
  job:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    restart: always
    healthcheck: { test: [CMD, "true"], interval: 200ms }
    networks: [back]
  lone:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    network_mode: none
volumes: { data: {} }
networks: { default: {}, back: {} }
`

/** A file, and what of it runs. */
export interface SiegeServices {
  readonly compose: string
  /** What `up` brings about, e.g. `job running, web running`. @default it is not looked at */
  readonly steady?: string
}

const USUAL: SiegeServices = { compose: COMPOSE, steady: 'job running, lone running, web running' }

/** Names of projects; commands are for the first unless they name another. */
export type ProjectNames = readonly [string, ...string[]]

/** An engine of its own with projects that all use the same file. */
export class SiegeProject implements AsyncDisposable {
  readonly roots: Roots
  readonly #names: ProjectNames
  readonly #project: TestProject
  readonly #steady: string | undefined
  #before: HostState

  /** Creates the folders of the engine; nothing runs yet. */
  constructor(names: ProjectNames, { compose, steady }: SiegeServices = USUAL) {
    this.#steady = steady
    this.#names = names
    this.#project = new TestProject({ compose })
    this.roots = { data: join(this.#project.state, 'data'), run: join(this.#project.state, 'run') }
    for (const root of Object.values(this.roots)) mkdirSync(root)
    this.#before = snapshotHost()
  }

  /** The folder of the file, and of all that commands name by a relative path. */
  get folder(): string {
    return this.#project.folder
  }

  /** Starts a command without waiting for it. */
  spawn(args: readonly string[], name: string = this.#names[0]): ChildProcess {
    return this.#project.spawn(['-p', name, '--progress', 'plain', ...args])
  }

  /** Runs a command to its end. Throws for a fault of tcompose; errors that `tolerance` names are not faults. */
  async run(
    args: readonly string[],
    { name = this.#names[0], ...tolerance }: Tolerance & { readonly name?: string } = {},
  ): Promise<CommandResult> {
    const result = await this.#project.run(['-p', name, '--progress', 'plain', ...args])
    expectHonest(`tcompose -p ${name} ${args.join(' ')}`, result, tolerance)
    return result
  }

  /**
   * Runs `up` and throws unless everything then runs and a second `up` has nothing to do. Waits for containers that
   * their policy is about to restart.
   */
  async upWholly(name: string = this.#names[0]): Promise<void> {
    await this.run(['up', '-d'], { name })
    const states = await eventually(async () => {
      const { stdout } = await this.run(['ps', '-a', '--format', 'json'], { name })
      const seen = statesIn(stdout)
      if (seen.includes('restarting')) throw new Error(`Cannot trust up: it left ${seen}`)
      return seen
    }, RESTART_PATIENCE_MS)
    if (this.#steady !== undefined && states !== this.#steady)
      throw new Error(`Cannot trust up: it left ${states}`)
    const plan = await this.run(['plan'], { name })
    if (!plan.stdout.includes('Nothing to do')) throw new Error(`Cannot trust up: it left\n${plan.stdout}`)
  }

  /** Lets go on what a command has paused, which `up` leaves as it is. */
  async unpause(): Promise<void> {
    await this.run(['unpause'], { errors: ['TC4004', 'TC4012'] })
  }

  /** Runs `down` for all projects and throws if anything of them is left. */
  async downWholly(): Promise<void> {
    for (const name of this.#names) await this.run(['down', '-v'], { name })
    this.expectNothingLeft()
  }

  /** Throws unless the host and the two root folders are as before the first `up`. */
  expectNothingLeft(): void {
    const left = LEFTOVERS.flatMap(pattern => globSync(pattern, { cwd: this.#project.state }))
    if (left.length > 0) throw new Error(`Cannot trust down: it left\n  ${left.join('\n  ')}`)
    expectNothingNew(this.#before, { naming: [this.#project.state, instanceTag(this.roots)] })
  }

  /** Where the files of a project are. */
  layout(name: string = this.#names[0]): ReturnType<typeof projectLayout> {
    return projectLayout(this.roots, parseProjectName(name))
  }

  /** Records the host's state, which every `down` must restore. */
  acceptHost(): void {
    this.#before = snapshotHost()
  }

  /** Takes down whatever exists, by force if `down` cannot. */
  async down(): Promise<void> {
    for (const name of this.#names) {
      const { exitCode } = await this.#project.run(['-p', name, 'down', '-v'])
      if (exitCode !== 0) await this.#removeByForce(name)
    }
  }

  /** Leaves the project without keeper and records, so that `doctor` treats all the rest as orphans. */
  async #removeByForce(name: string): Promise<void> {
    const { dataDir, keeperSocket } = this.layout(name)
    const keeper = findKeeper(keeperSocket)
    if (keeper !== undefined) process.kill(keeper, 'SIGKILL')
    await eventually(async () => {
      if (findKeeper(keeperSocket) !== undefined)
        throw new Error('Cannot continue: the keeper has not ended yet')
    })
    rmSync(dataDir, { recursive: true, force: true })
    await this.#project.run(['doctor', '--fix'])
  }

  /** The next garbage collection removes what a killed command needed of the store, and what it was writing there. */
  async #expectPrunable(): Promise<void> {
    await this.run(['image', 'prune', '-f'])
    const left = globSync('data/images/**/tmp-*', { cwd: this.#project.state })
    if (left.length > 0) throw new Error(`Cannot trust image prune: it left\n  ${left.join('\n  ')}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.down()
      await this.#expectPrunable()
    } finally {
      await this.#project[Symbol.asyncDispose]()
    }
  }
}

function statesIn(json: string): string {
  const rows: readonly { readonly Name: string; readonly Service: string; readonly State: string }[] = json
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
    .filter(({ Name }) => !Name.includes('-run-'))
  return rows
    .map(({ Service, State }) => `${Service} ${State}`)
    .toSorted()
    .join(', ')
}

/** Each start that fails while a disk is full doubles the wait of a restart policy. */
const RESTART_PATIENCE_MS = 45_000

/** Paths that no project may leave in its roots. */
const LEFTOVERS: readonly string[] = [
  'data/projects/*',
  'data/volumes/*',
  'data/volumes/.removed/*',
  'run/projects/*',
]

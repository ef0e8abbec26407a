import type { ChildProcess } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { type CommandResult, resultOf, type TestProject } from './test-project.ts'

/** A running `watch`, or `up --watch`, with its output so far. */
export class WatchRun implements AsyncDisposable {
  readonly child: ChildProcess
  readonly ended: Promise<CommandResult>
  output = ''

  private constructor(child: ChildProcess) {
    this.child = child
    this.ended = resultOf(child)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
    }
  }

  /** Starts it and waits until it watches. */
  static async start(project: TestProject, args: readonly string[] = ['watch']): Promise<WatchRun> {
    const run = new WatchRun(project.spawn(args))
    try {
      await run.says('Watch enabled')
      return run
    } catch (error) {
      await run[Symbol.asyncDispose]()
      throw error
    }
  }

  async says(text: string): Promise<void> {
    await eventually(async () => {
      if (!this.output.includes(text)) throw new Error(`Cannot see "${text}": there is\n${this.output}`)
    }, 60_000)
  }

  /** How often `text` was said. */
  count(text: string): number {
    return this.output.split(text).length - 1
  }

  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<CommandResult> {
    this.child.kill(signal)
    return await this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.end('SIGKILL')
  }
}

/** Returns the root folder of the first container of the project that runs, as its processes see it. */
export function rootOf(project: TestProject, service?: string): string {
  const projects = join(project.state, 'run', 'projects')
  for (const name of readdirSync(projects)) {
    const containers = join(projects, name, 'containers')
    for (const id of readdirSync(containers)) {
      const live = readFileSync(join(containers, id, 'live.json'), 'utf8')
      if (service !== undefined && !live.includes(`"service":"${service}"`)) continue
      const [pid = ''] = readFileSync(join(containers, id, 'pid'), 'utf8').split(' ')
      return `/proc/${pid}/root`
    }
  }
  throw new Error(`Cannot find a container of ${service ?? 'the project'}`)
}

/** Returns what is in a folder: for each path its kind, permissions and content. */
export function treeOf(folder: string): ReadonlyMap<string, string> {
  const tree = new Map<string, string>()
  const walk = (path: string): void => {
    for (const name of readdirSync(join(folder, path)).sort()) {
      const below = join(path, name)
      const stats = lstatSync(join(folder, below))
      const mode = (stats.mode & 0o7777).toString(8)
      if (stats.isSymbolicLink()) tree.set(below, `-> ${readlinkSync(join(folder, below))}`)
      else if (stats.isFile()) tree.set(below, `${mode} ${readFileSync(join(folder, below), 'utf8')}`)
      else {
        tree.set(below, `folder ${mode}`)
        walk(below)
      }
    }
  }
  walk('')
  return tree
}

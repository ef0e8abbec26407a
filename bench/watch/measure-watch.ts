import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { baseImageArchive } from '../build/base-image-archive.ts'
import { BASE_IMAGE } from '../build/build-project.ts'
import { commandPrefix } from '../command-prefix.ts'
import type { Contestant } from '../contestants.ts'
import { ownFolders } from '../own-folders.ts'
import { runTimed } from '../run-timed.ts'
import type { Sample, Work } from '../samples.ts'

/** What to watch, and how often. */
export interface WatchMeasurement {
  readonly works: readonly Work[]
  /** Builds of tcompose. */
  readonly builds: readonly Contestant[]
  readonly runs: number
  readonly onProgress: (text: string) => void
}

/** The counts of files that the rows are named by. */
const SIZES = { 'watch-file': 1, 'watch-files': 1000 } as const

type WatchWork = keyof typeof SIZES

/** Returns what a row of `work` counts. */
export function watchSizeOf(work: Work): number {
  return isWatch(work) ? SIZES[work] : 0
}

function isWatch(work: Work): work is WatchWork {
  return work in SIZES
}

/** A session of a tool that watches. */
interface WatchTool {
  readonly name: string
  /** The project, as this process reaches it. */
  readonly folder: string
  /** The root of its container, likewise. */
  readonly root: string
  readonly dispose: () => Promise<void>
}

/** Lets tcompose and docker compose watch the same files in turn, and measures until their content is in the container. */
export async function measureWatch(measurement: WatchMeasurement): Promise<readonly Sample[]> {
  const { works, builds, runs, onProgress } = measurement
  using archive = await baseImageArchive()
  const samples: Sample[] = []
  const starts = [
    ...builds.map(build => () => startTcompose(build, archive.path)),
    ...(hasDocker() ? [() => startDocker(archive.path)] : []),
  ]
  for (const start of starts) {
    const tool = await start()
    try {
      for (let run = 0; run < runs; run += 1) {
        for (const work of works.filter(isWatch)) {
          onProgress(`${work}, run ${run + 1}: ${tool.name}`)
          const value = await timeToArrive(tool, SIZES[work], `${process.pid}-${run}`)
          samples.push({ kind: 'measured', tool: tool.name, work, size: SIZES[work], value })
        }
      }
    } finally {
      await tool.dispose()
    }
  }
  return samples
}

/** docker compose 2.26 watches only what it builds. */
const COMPOSE = `name: tcbench-watch
services:
  app:
    image: tcbench-watch:1
    build: {dockerfile_inline: "FROM ${BASE_IMAGE}"}
    init: true
    command: [sleep, "100000"]
    develop: {watch: [{path: ./src, action: sync, target: /app}]}
`

/** From the first write until the last file is there. */
async function timeToArrive(tool: WatchTool, count: number, mark: string): Promise<number> {
  const names = Array.from({ length: count }, (_, index) => `d/${index}`)
  const started = performance.now()
  for (const name of names) writeFileSync(join(tool.folder, 'src', name), mark.padEnd(2000))
  for (const name of names) {
    while (textOf(join(tool.root, 'app', name))?.startsWith(mark) !== true) {
      if (performance.now() - started > 60_000) throw new Error(`${name} did not arrive within a minute`)
      await delay(1)
    }
  }
  return performance.now() - started
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function layOut(folder: string): void {
  mkdirSync(join(folder, 'src/d'), { recursive: true })
  writeFileSync(join(folder, 'compose.yaml'), COMPOSE)
}

async function startTcompose(contestant: Contestant, archive: string): Promise<WatchTool> {
  const { name, program } = contestant
  const { scratch, env, dispose } = await ownFolders(contestant)
  const folder = join(scratch, 'watch')
  layOut(folder)
  await runTimed({ command: [program, 'image', 'load', '-i', archive], env })
  const child = await enabled([program, 'watch'], { cwd: folder, env })
  const containers = join(env['TCOMPOSE_RUN'] ?? '', 'projects/tcbench-watch/containers')
  const [id = ''] = readdirSync(containers)
  const [pid = ''] = readFileSync(join(containers, id, 'pid'), 'utf8').split(' ')
  return {
    ...{ name, folder, root: `/proc/${pid}/root` },
    dispose: async () => {
      child.kill('SIGINT')
      await runTimed({ command: [program, 'down', '-t', '0'], cwd: folder, env })
      await dispose()
    },
  }
}

function hasDocker(): boolean {
  const [program = '', ...args] = [...commandPrefix('TCOMPOSE_BENCH_DOCKER'), 'docker', 'info']
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

/** Docker may have a file system of its own: it is reached by a process that waits there. */
async function startDocker(archive: string): Promise<WatchTool> {
  const prefix = commandPrefix('TCOMPOSE_BENCH_DOCKER')
  const output = (...args: readonly string[]): string => {
    const [program = '', ...rest] = [...prefix, ...args]
    return spawnSync(program, rest, { encoding: 'utf8' }).stdout.trim()
  }
  const scratch = output('mktemp', '-d', '/tmp/tcompose-bench-XXXXXX')
  const [program = '', ...args] = [...prefix, 'sleep', '100000']
  const door = spawn(program, args, { stdio: 'ignore' })
  await delay(500)
  const folder = `/proc/${door.pid}/root${scratch}`
  layOut(folder)
  await runTimed({ command: [...prefix, 'docker', 'load'], inputFile: archive })
  const compose = [...prefix, 'docker', 'compose', '-f', `${scratch}/compose.yaml`]
  const child = await enabled([...compose, 'watch'], {})
  const pid = output('docker', 'inspect', '-f', '{{.State.Pid}}', 'tcbench-watch-app-1')
  return {
    ...{ name: 'docker compose', folder, root: `/proc/${pid}/root` },
    dispose: async () => {
      child.kill('SIGINT')
      await runTimed({ command: [...compose, 'down', '-t', '0'] })
      await runTimed({ command: [...prefix, 'docker', 'rmi', '-f', 'tcbench-watch:1', BASE_IMAGE] })
      rmSync(folder, { recursive: true, force: true })
      door.kill()
    },
  }
}

/** Starts a session and waits until it says that it watches. */
async function enabled(
  [program = '', ...args]: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<ChildProcess> {
  const child = spawn(program, args, options)
  await new Promise<void>((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
      if (/watch enabled|watching/i.test(said)) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('close', () => reject(new Error(`Cannot watch: ${said}`)))
  })
  return child
}

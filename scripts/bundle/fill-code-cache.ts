import {
  type ChildProcessWithoutNullStreams,
  type SpawnSyncOptions,
  spawn,
  spawnSync,
} from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import type { Roots } from '../../src/engine/local/state/layout.ts'
import { hostFiles } from '../../src/local/host-files.ts'
import { loadProject } from '../../src/parser/load-project.ts'
import { projectRoot } from '../project-root.ts'
import { type Bundle, launcherOf } from './bundle-program.ts'
import { writeSampleState } from './sample-state.ts'

/**
 * Runs each training command of `bundle` and stores V8's code for the functions that ran. What a command loads when the
 * load of its project is remembered becomes one script, its pack: a file to open and a cache to read, not dozens. A run
 * that fails keeps what it reached.
 */
export async function fillCodeCache({ program, main }: Bundle): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-build-'))
  const launcher = join(dist, `${program.name}.cjs`)
  try {
    writeFileSync(join(scratch, 'compose.yaml'), SAMPLE)
    writeFileSync(join(scratch, 'more.yaml'), SAMPLE_WITH_ANCHOR)
    const [first = [], ...others] = program.training
    let acting: readonly string[] = []
    if (program.acting !== undefined) {
      // The load is remembered by the first: what the others load besides the command acts.
      for (const args of program.acting) acting = train({ launcher, args, scratch }, 'whole').split(' ')
      // A remembered load would keep the first command below from loading the parser.
      rmSync(rootsIn(scratch).run, { recursive: true, force: true })
    }
    trainCommand({ launcher, pack: join(dist, `${main}.pack`), args: first, scratch })
    for (const args of others) trainCommand({ launcher, pack: packOf(main, args), args, scratch })
    if (program.trainingOnRunning.length > 0) await trainOnRunning({ program, main }, launcher, scratch)
    if (program.trainingOnRegistry !== undefined) await trainOnRegistry({ program, main }, launcher, scratch)
    if (program.trainingOnDockerfile !== undefined) trainOnDockerfile({ program, main }, launcher, scratch)
    if (program.acting !== undefined) packActing({ program, main }, acting, launcher)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * Packs what a command loads to act, besides what the pack of `up` has: every command that acts loads most of it.
 */
function packActing({ program, main }: Bundle, loaded: readonly string[], launcher: string): void {
  const known = new Set(namesIn(readFileSync(packOf(main, ['up']), 'latin1')))
  const names = loaded.filter(name => !known.has(name))
  const entries = names.map(name => `"${name}":${readFileSync(join(dist, `${name}.js`), 'latin1')}`)
  writeFileSync(packOf(main, ['acting']), `({${entries.join(',\n')}})`, 'latin1')
  writeFileSync(launcher, launcherOf({ program, main }, names))
  spawnSync(process.execPath, [
    join(projectRoot, 'scripts/bundle/compile-pack.cjs'),
    packOf(main, ['acting']),
  ])
}

/** Returns the names of the scripts in a pack. */
function namesIn(pack: string): readonly string[] {
  return [...pack.matchAll(/^(?:\(\{)?"([\w-]+)":\(function /gm)].map(([, name = '']) => name)
}

/** Simulates the running sample by records and one idle process, and trains commands that do not change it. */
async function trainOnRunning({ program, main }: Bundle, launcher: string, scratch: string): Promise<void> {
  const { keeper, idle } = await startIdle(scratch)
  try {
    const { value } = loadProject(
      { ...NO_REQUEST, workingDirectory: parseAbsolutePath(scratch) },
      { files: hostFiles(), environment: new Map() },
    )
    if (value === undefined) throw new Error('Cannot load the sample project')
    await writeSampleState(rootsIn(scratch), value, idle)
    // The commands below must find nothing to do: otherwise they would act on this machine.
    const plan = spawnSync(process.execPath, [launcher, 'plan', '--detailed-exitcode'], optionsIn(scratch))
    if (plan.status !== 0) throw new Error('Cannot train on the sample: it differs from its file')
    for (const args of program.trainingOnRunning)
      trainCommand({ launcher, pack: packOf(main, args), args, scratch })
  } finally {
    keeper.stdin.end()
  }
}

/** Starts an idle process as the child of one named like a keeper, which ends with its input. */
async function startIdle(
  scratch: string,
): Promise<{ readonly keeper: ChildProcessWithoutNullStreams; readonly idle: number }> {
  const program = join(scratch, 'tc-keeper')
  writeFileSync(program, '#!/bin/sh\nsleep 120 & echo $!; read -r end; kill $!\n', { mode: 0o755 })
  const keeper = spawn(program)
  const [line] = await once(keeper.stdout, 'data')
  return { keeper, idle: Number(String(line)) }
}

/** Trains commands beside a file whose image is in a registry, which is a process: training blocks this one. */
async function trainOnRegistry({ program, main }: Bundle, launcher: string, scratch: string): Promise<void> {
  const server = join(projectRoot, 'scripts/bundle/sample-registry.ts')
  const registry = spawn(process.execPath, [server], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [port] = await once(registry.stdout, 'data')
    const file = join(scratch, 'pulled.yaml')
    const image = `127.0.0.1:${String(port).trim()}/sample`
    writeFileSync(file, `name: pulled\nservices:\n  web:\n    image: ${image}\n`)
    for (const args of program.trainingOnRegistry ?? [])
      trainCommand({ launcher, pack: packOf(main, args), args: ['-f', file, ...args], scratch })
  } finally {
    registry.kill('SIGKILL')
  }
}

/** Trains commands on an image that takes no command and no other image to build, cached and not. */
function trainOnDockerfile({ program, main }: Bundle, launcher: string, scratch: string): void {
  const folder = join(scratch, 'built')
  mkdirSync(folder)
  const file = join(folder, 'compose.yaml')
  writeFileSync(file, 'name: built\nservices: { web: { build: . } }\n')
  writeFileSync(join(folder, 'Dockerfile'), SAMPLE_DOCKERFILE)
  writeFileSync(join(folder, '.dockerignore'), '*.log\n!keep.log\n')
  for (const args of program.trainingOnDockerfile ?? [])
    trainCommand({ launcher, pack: packOf(main, args), args: ['-f', file, ...args], scratch })
}

const SAMPLE_DOCKERFILE = `FROM scratch AS files
ARG NAME=sample
COPY . /files/
FROM scratch
ENV NAME=$NAME PATH=/bin
LABEL name="\${NAME:-sample}"
WORKDIR /srv
COPY --from=files --chown=1000:1000 /files/* ./
EXPOSE 80
USER 1000
CMD ["/srv/run"]
`

const NO_REQUEST = {
  files: undefined,
  projectDirectory: undefined,
  projectName: undefined,
  profiles: undefined,
  envFiles: undefined,
} as const

interface TrainingRun {
  readonly launcher: string
  /** Path of the command's pack. */
  readonly pack: string
  readonly args: readonly string[]
  readonly scratch: string
}

/**
 * The second run finds the load that the first has remembered, and what it loads is packed; the third run loads the
 * pack. Other arguments of a command with a pack train what they need besides it.
 */
function trainCommand(run: TrainingRun): void {
  const isPacked = existsSync(run.pack)
  train(run, 'used')
  if (isPacked) return
  train(run, run.pack)
  removeReplaced(run)
  train(run, 'used')
}

/** The launcher reads what is in a command's pack from there only: caches of the same scripts for it are never read. */
function removeReplaced({ pack }: TrainingRun): void {
  const [, command] = /\.([\w-]+)\.pack$/.exec(pack) ?? []
  // The caches without a command in their names serve every command.
  if (command === undefined || !existsSync(pack)) return
  for (const name of namesIn(readFileSync(pack, 'latin1')))
    rmSync(join(dist, `${name}.${command}.cache`), { force: true })
}

/** `mode` is that of train.cjs. Returns what it writes to descriptor 3. */
function train({ launcher, args, scratch }: Omit<TrainingRun, 'pack'>, mode: string): string {
  const trainer = join(projectRoot, 'scripts/bundle/train.cjs')
  const options: SpawnSyncOptions = { ...optionsIn(scratch), stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }
  const { output } = spawnSync(process.execPath, [trainer, mode, launcher, ...args], options)
  return String(output[3])
}

function packOf(main: string, [command]: readonly string[]): string {
  return join(dist, `${main}.${command}.pack`)
}

const dist = join(projectRoot, 'dist')

function optionsIn(scratch: string): SpawnSyncOptions {
  const { data, run } = rootsIn(scratch)
  return {
    cwd: scratch,
    env: { PATH: process.env['PATH'], TCOMPOSE_DATA: data, TCOMPOSE_RUN: run },
    stdio: 'ignore',
    timeout: 10_000,
    killSignal: 'SIGKILL',
  }
}

function rootsIn(scratch: string): Roots {
  return { data: join(scratch, 'data'), run: join(scratch, 'run') }
}

const SAMPLE = `name: sample
include: [more.yaml]
services:
  web:
    image: rootfs:/
    command: [sleep, "1"]
    depends_on: { store: { condition: service_healthy } }
    environment: { PORT: "\${PORT:-80}", LIST: a }
    ports: ["127.0.0.1:8080:80"]
    volumes: ["data:/data", "./page:/page:ro"]
    mem_limit: 64m
    cpus: 0.5
    pids_limit: 50
    restart: unless-stopped
    networks: [front]
  store:
    image: rootfs:/
    command: sleep 1
    tmpfs: [/tmp]
    healthcheck: { test: [CMD, "true"], interval: 1s }
    deploy: { resources: { limits: { memory: 64m } } }
    networks: [front]
networks: { front: {} }
volumes: { data: {} }
`

/** The YAML reader is used only for what is not plain YAML. */
const SAMPLE_WITH_ANCHOR = `x-base: &base
  image: rootfs:/
services:
  third:
    <<: *base
    command: |
      sleep 1
`

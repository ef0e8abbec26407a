import { mkdirSync, readdirSync, realpathSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { WarmStatus } from '../warm/ask-warm-process.ts'
import type { WarmCommand } from '../warm/serve.ts'
import type { WarmProcess } from './cli-ports.ts'
import { isTerminal } from './is-terminal.ts'
import { isServed } from './served-commands.ts'

export interface WarmOptions {
  /** The folder with the built programs. */
  readonly programsFolder: string
  readonly environment: ReadonlyMap<string, string>
  /** Runs a command of another process, in the folder and the environment that this one has. */
  readonly run: (command: WarmCommand) => Promise<number>
}

/** Without a command for so long it ends. */
const IDLE_MS = 300_000
/**
 * V8 lets a heap grow to a multiple of what is in use before it looks for garbage, and keeps that. A process that waits
 * for most of its life looks earlier, in MB of its two generations and percent of growth, and looks for what is young between
 two commands rather than in one.
 */
const NODE_FLAGS: readonly string[] = [
  '--max-semi-space-size=8',
  '--initial-old-space-size=96',
  '--heap-growing-percent=40',
  '--expose-gc',
]
/** What one thread frees another may have: by default each of glibc's threads keeps its own; mallopt(3). */
const MALLOC: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '1' }
const PATIENCE_MS = 5_000
const POLL_MS = 10

/** Returns the warm process of the run folder that `environment` names. */
export function warmProcess(options: WarmOptions): WarmProcess {
  const path = (): string => warmSocketPath(options.environment)
  return {
    describe: async () => {
      const { describeWarmProcess } = await import('../warm/ask-warm-process.ts')
      return await describeWarmProcess(path())
    },
    start: () => start(path(), options),
    startIfWanted: async isAtTerminal => {
      const wanted = wantedProcess(options.environment, isAtTerminal)
      if (wanted === undefined) return
      const { connectAt } = await import('../warm/warm-socket.ts')
      const socket = await connectAt(path())
      socket?.destroy()
      if (socket === undefined) await launch(options, wanted === 'with-projects')
    },
    end: () => end(path()),
    serve: (signal, withProjects) => serve(path(), options, { signal, withProjects }),
  }
}

/**
 * A program that runs commands one after another, as a job of CI is, leaves no process behind it unless it asks for one; a
 * user at a prompt has one as long as there is something to ask about.
 */
function wantedProcess(
  environment: ReadonlyMap<string, string>,
  isAtTerminal: boolean,
): 'always' | 'with-projects' | undefined {
  const wish = environment.get('TCOMPOSE_WARM') ?? ''
  if (wish === '1') return 'always'
  const isWanted = wish === '' && isAtTerminal && !environment.get('CI') && hasProjects(environment)
  return isWanted ? 'with-projects' : undefined
}

function hasProjects(environment: ReadonlyMap<string, string>): boolean {
  try {
    return readdirSync(projectsFolder(environment)).length > 0
  } catch {
    return false
  }
}

/** Each project has a folder here, from its first container until it is removed. */
function projectsFolder(environment: ReadonlyMap<string, string>): string {
  return join(runFolder(environment), 'projects')
}

/** native/front/main.c looks there too. */
function warmSocketPath(environment: ReadonlyMap<string, string>): string {
  return join(runFolder(environment), 'warm/socket')
}

function runFolder(environment: ReadonlyMap<string, string>): string {
  return resolve(environment.get('TCOMPOSE_RUN') ?? '/run/tcompose')
}

async function start(path: string, options: WarmOptions): Promise<WarmStatus> {
  const { describeWarmProcess } = await import('../warm/ask-warm-process.ts')
  const running = await describeWarmProcess(path)
  if (running !== undefined && !running.withProjects) return running
  // One that a prompt has started ends with the last project; the one that is asked for stays.
  if (running !== undefined) await end(path)
  makeFolderOf(path)
  await launch(options)
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    const status = await describeWarmProcess(path)
    if (status !== undefined) return status
    await delay(POLL_MS)
  }
  throw new TcomposeError('warm-process', `The warm process did not start within ${PATIENCE_MS / 1000} s`, {
    hint: 'Run "tcompose system warm --serve" to see why; commands work without it',
  })
}

/** @throws {TcomposeError} `warm-process` if the folder of the socket cannot be made. */
function makeFolderOf(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw noSocket(path, error)
  }
}

/** Returns what is said of a socket that cannot be made. */
function noSocket(path: string, cause: unknown): unknown {
  const errno = errnoNameOf(cause)
  if (errno === undefined) return cause
  const isTaken = errno === 'EADDRINUSE'
  const reason = isTaken ? 'another process listens there' : errno
  return new TcomposeError('warm-process', `Cannot make the socket "${path}": ${reason}`, {
    hint: isTaken
      ? 'Run "tcompose system warm" to see which'
      : `Make "${dirname(path)}" a folder that you may write to, or name another run folder in TCOMPOSE_RUN`,
    cause,
  })
}

/** The process is in a session of its own, which it does not lead: no terminal becomes its own. */
async function launch({ programsFolder, environment }: WarmOptions, withProjects = false): Promise<void> {
  const { spawn } = await import('node:child_process')
  const launcher = join(programsFolder, 'tcompose.cjs')
  const node = [process.execPath, ...NODE_FLAGS, '--', launcher, '.', '.system', '.warm', '.--serve']
  if (withProjects) node.push('.--with-projects')
  const env = Object.fromEntries(
    ROOT_VARIABLES.flatMap(name => {
      const value = environment.get(name)
      return value === undefined ? [] : [[name, resolve(value)]]
    }),
  )
  const shell = spawn('/bin/sh', ['-c', '"$@" &', 'sh', ...node], {
    cwd: '/',
    env: { ...env, ...MALLOC },
    detached: true,
    stdio: 'ignore',
  })
  const { promise, resolve: done, reject } = Promise.withResolvers<void>()
  shell.once('error', reject).once('exit', () => done())
  await promise
}

async function end(path: string): Promise<WarmStatus | undefined> {
  const { describeWarmProcess, endWarmProcess } = await import('../warm/ask-warm-process.ts')
  const running = await describeWarmProcess(path)
  if (running === undefined) return undefined
  await endWarmProcess(path)
  for (let waited = 0; waited < PATIENCE_MS && isThere(path); waited += POLL_MS) await delay(POLL_MS)
  return running
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

interface ServeRequest {
  readonly signal: AbortSignal
  readonly withProjects: boolean
}

async function serve(
  path: string,
  options: WarmOptions,
  { signal, withProjects }: ServeRequest,
): Promise<void> {
  const { serveWarm } = await import('../warm/serve.ts')
  makeFolderOf(path)
  const root = realpathSync(join(options.programsFolder, '..'))
  const launcher = join(options.programsFolder, 'tcompose.cjs')
  const started = versionOf(launcher)
  const own = rootsIn(options.environment)
  await serveWarm({
    socket: path,
    root,
    isCurrent: () => versionOf(launcher) === started,
    takes: ({ argv, environment, workingDirectory, streams: [input, output] }) =>
      isServed({ argv, environment, isAtTerminal: isTerminal(input) && isTerminal(output) }) &&
      rootsIn(environment, workingDirectory) === own,
    run: options.run,
    idleMs: IDLE_MS,
    ...(withProjects && {
      needs: { folder: projectsFolder(options.environment), isThere: () => hasProjects(options.environment) },
    }),
    signal,
  }).catch((error: unknown) => {
    throw noSocket(path, error)
  })
  removeIfEmpty(dirname(path))
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Another process has put its socket there.
  }
}

/** A variable that is not set means the folder of the system. */
function rootsIn(environment: ReadonlyMap<string, string>, folder = '/'): string {
  const values = ROOT_VARIABLES.map(name => environment.get(name))
  return values.map(value => (value === undefined ? '' : resolve(folder, value))).join('\n')
}

const ROOT_VARIABLES: readonly string[] = ['TCOMPOSE_DATA', 'TCOMPOSE_RUN']

function versionOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`
}

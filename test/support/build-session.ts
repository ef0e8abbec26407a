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
import { dirname, join } from 'node:path'
import { projectRoot } from '../../scripts/project-root.ts'
import type { SourceSpan } from '../../src/base/source-span.ts'
import { temporaryName } from '../../src/disk/temporary-name.ts'
import type { LineListener, OutputStream } from '../../src/engine/local/attach/run-on-lines.ts'
import type { RunRequest } from '../../src/engine/local/build/run/run-request.ts'
import {
  openRunSession,
  type RunSession,
  type RunSessionOptions,
} from '../../src/engine/local/build/run/run-session.ts'
import type { EnginePrograms } from '../../src/engine/local/host/engine-programs.ts'
import { instanceTag, type Roots } from '../../src/engine/local/state/layout.ts'
import type { RunMount, RunOperation } from '../../src/planner/build/build-graph.ts'
import { expectNothingNew, type HostState, snapshotHost } from './host-state.ts'
import { imageRootfs } from './parts/image-rootfs.ts'

/** What the build made, as the bundled program finds it. */
export const BUILT_PROGRAMS: EnginePrograms = {
  keeper: join(projectRoot, 'dist', 'native', 'keeper'),
  filters: join(projectRoot, 'dist', 'filters'),
  supervisor: [],
}

/** The place of every step and mount. */
export const SPAN: SourceSpan = { file: 'Dockerfile', line: 3, column: 1, endLine: 3, endColumn: 9 }

/** A command for a session, all else by default. */
export interface TestRun extends Partial<Omit<RunRequest, 'operation'>> {
  /** For `sh -c`. */
  readonly script?: string
  readonly operation?: Partial<RunOperation>
  readonly mounts?: readonly RunMount[]
}

/** How a command ended, with its lines of output. */
export interface TestRunResult {
  readonly exitCode: number
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** Its layer. */
  readonly folder: string
  /** Paths in its layer, sorted. */
  readonly files: readonly string[]
}

/**
 * A session of a build with folders of its own, on busybox. Disposal ends it, and fails if anything of it is left on
 * the host.
 */
export class BuildSession implements AsyncDisposable {
  readonly roots: Roots
  readonly name: string = temporaryName()
  readonly session: RunSession
  readonly #before: HostState
  readonly #state: string
  /** The layer with busybox. */
  readonly base: string
  #count = 0

  private constructor(base: string, options: Partial<RunSessionOptions>) {
    this.#before = snapshotHost()
    this.base = base
    this.#state = mkdtempSync(join(tmpdir(), 'tc-'))
    chmodSync(this.#state, 0o755)
    this.roots = { data: join(this.#state, 'data'), run: join(this.#state, 'run') }
    mkdirSync(this.working, { recursive: true })
    this.session = openRunSession({
      roots: this.roots,
      programs: BUILT_PROGRAMS,
      name: this.name,
      settings: { extraHosts: [], shmSize: undefined, ulimits: new Map() },
      ...options,
    })
  }

  /** Returns why there can be none as a text. */
  static async open(options: Partial<RunSessionOptions> = {}): Promise<BuildSession | string> {
    const base = await imageRootfs('busybox')
    return base.kind === 'missing' ? base.reason : new BuildSession(base.dir, options)
  }

  /** The working folder of the build. */
  get working(): string {
    return join(this.roots.data, 'layers', this.name)
  }

  /** Returns a layer with `files`: texts by relative path; a path with a slash at its end is a folder. */
  layer(files: Readonly<Record<string, string>>): string {
    const folder = this.#next()
    mkdirSync(folder)
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, path)
      mkdirSync(path.endsWith('/') ? file : dirname(file), { recursive: true })
      if (!path.endsWith('/')) writeFileSync(file, content)
    }
    return folder
  }

  /** Runs a command on the base and on `layers`, or on `request.layers` alone. */
  async run(request: TestRun, layers: readonly string[] = []): Promise<TestRunResult> {
    const folder = request.folder ?? this.#next()
    const output: Record<OutputStream, string[]> = { stdout: [], stderr: [] }
    const onLine: LineListener = (stream, line) => void output[stream].push(line)
    const { exitCode } = await this.session.run(
      runRequest({ layers: [this.base, ...layers], folder, onLine, ...request }),
    )
    return { exitCode, ...output, folder, files: filesIn(folder) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]()
    rmSync(this.#state, { recursive: true, force: true })
    expectNothingNew(this.#before, { naming: [this.#state, instanceTag(this.roots)] })
  }

  #next(): string {
    this.#count += 1
    return join(this.working, String(this.#count))
  }
}

/** Returns a request with what `run` leaves out. */
export function runRequest({ script = 'true', operation, mounts = [], ...rest }: TestRun): RunRequest {
  return {
    label: `RUN ${script}`,
    span: SPAN,
    layers: [],
    folder: '',
    sources: [],
    secrets: new Map(),
    agents: new Map(),
    onLine: () => {},
    signal: new AbortController().signal,
    ...rest,
    operation: { ...OPERATION, argv: ['/bin/sh', '-c', script], mounts, ...operation },
  }
}

const OPERATION: RunOperation = {
  kind: 'run',
  argv: [],
  files: [],
  environment: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
  uncachedEnvironment: [],
  user: '',
  workingDir: '/',
  mounts: [],
  network: 'none',
  security: 'sandbox',
}

/** Returns what is in a folder, sorted; folders end in a slash. */
export function filesIn(folder: string, prefix = ''): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap(entry => {
      const path = `${prefix}${entry.name}`
      return entry.isDirectory() ? [`${path}/`, ...filesIn(join(folder, entry.name), `${path}/`)] : [path]
    })
    .sort()
}

/** Returns the text of a file in a layer; undefined where it has none. */
export function readIn(folder: string, path: string): string | undefined {
  const file = join(folder, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

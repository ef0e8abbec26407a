import { basename, resolve } from 'node:path'
import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import type { Project } from '../../model/project.ts'
import type { Service } from '../../model/service.ts'
import type { AppContext } from '../app-context.ts'
import { desiredOf } from '../desired-of.ts'
import { loadToStart } from '../load-to-start.ts'
import { plan } from '../plan.ts'
import type { ProjectRequest } from '../project-request.ts'
import { requireRoot } from '../run-plan.ts'
import { up } from '../up.ts'
import { PLAIN_UP } from '../up-plan.ts'
import { compileWatchRules } from './compile-watch-rules.ts'
import type { MirroredByService } from './service-mirror.ts'
import type { WatchRules } from './watch-rules.ts'
import { type WatchHooks, WatchSession } from './watch-session.ts'

/** What to watch. */
export interface WatchOptions {
  /** Those that the user named; what they depend on is watched too. Empty is all. */
  readonly services: readonly string[]
  /** Build and start first. */
  readonly up: boolean
  /** Remove the image that a rebuild replaces. */
  readonly prunes: boolean
}

/** How watching ended. */
export type WatchResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** The start failed, which was shown. */
  | { readonly kind: 'not-up' }
  | { readonly kind: 'ended' }

/**
 * Watches the files of services, and copies, rebuilds, restarts and runs what their rules say, until it is interrupted.
 *
 * @throws {TcomposeError} `not-root`, `watch-running`.
 */
export async function watch(
  context: AppContext,
  request: ProjectRequest,
  { options, hooks }: { readonly options: WatchOptions; readonly hooks: WatchHooks },
): Promise<WatchResult> {
  const first = await loadToStart(context, request, options.services)
  if (first.project === undefined || hasErrors(first.diagnostics))
    return { kind: 'invalid', diagnostics: first.diagnostics }
  requireRoot(context)
  const prepared = prepare(context, first.project, options)
  if (prepared.kind === 'invalid') return prepared
  await using _session = await context.engine.mirrors.begin(first.project.name)
  if (options.up) {
    const upOptions = { ...PLAIN_UP, services: options.services, build: 'always' as const }
    const isUp = await hooks.run('up', runHooks =>
      up(context, { request, options: upOptions, hooks: runHooks }),
    )
    if (!isUp || hooks.signal.aborted) return { kind: 'not-up' }
  }
  await watchOn({ context, request, options, hooks }, prepared)
  hooks.onEvent({ kind: 'disabled' })
  return { kind: 'ended' }
}

/** Returns why `watch` would refuse the file of `request`; none if it would not, or if the file is wrong for all commands. */
export async function watchProblems(
  context: AppContext,
  request: ProjectRequest,
  services: readonly string[],
): Promise<readonly Diagnostic[]> {
  const { project, diagnostics } = await loadToStart(context, request, services)
  if (project === undefined || hasErrors(diagnostics)) return []
  const prepared = prepare(context, project, { services })
  return prepared.kind === 'invalid' ? prepared.diagnostics : []
}

interface Call {
  readonly context: AppContext
  readonly request: ProjectRequest
  readonly options: WatchOptions
  readonly hooks: WatchHooks
}

/** A project whose rules can be watched for. */
interface Prepared {
  readonly kind: 'prepared'
  readonly project: Project
  readonly rules: WatchRules
  /** Those that the project was read from. */
  readonly files: readonly AbsolutePath[]
  readonly leftOut: ReadonlyMap<string, ReadonlySet<string>>
  readonly mounted: readonly { readonly service: string; readonly path: string }[]
}

/** A new session begins whenever the Compose file was edited and what it says now is to count. */
async function watchOn(call: Call, first: Prepared): Promise<void> {
  const { context, request, options, hooks } = call
  const mirrored: MirroredByService = new Map()
  let prepared = first
  let announced: Prepared | undefined
  let seen = textOf(context, first)
  while (!hooks.signal.aborted) {
    const { project, rules, files, leftOut } = prepared
    const isKnown = announced === prepared
    if (!isKnown)
      for (const { service, path } of prepared.mounted) hooks.onEvent({ kind: 'mounted', service, path })
    await using tree = await context.trees.watch({
      roots: [...rules.roots, ...files],
      skips: folder => rules.skips(folder),
      onLimit: limit => hooks.onEvent({ kind: 'limited', limit }),
    })
    const session = new WatchSession({
      ...{ context, request, project, rules, files, tree, leftOut, mirrored, hooks },
      prunes: options.prunes,
      isKnown,
    })
    // Between reading the file and watching it nobody hears of an edit.
    const isStale = textOf(context, prepared) !== seen
    if (!isStale) announced = prepared
    if (!isStale && (await session.run()) !== 'file-changed') continue
    seen = textOf(context, prepared)
    prepared = (await readAgain(call)) ?? prepared
  }
}

/** Returns all that a project was read from, as one text. */
function textOf({ files }: AppContext, prepared: Prepared): string {
  return JSON.stringify(prepared.files.map(file => files.readText(file) ?? null))
}

/** Undefined leaves what was read before in force. */
async function readAgain(call: Call): Promise<Prepared | undefined> {
  const { context, request, options, hooks } = call
  const { project, diagnostics } = await loadToStart(context, request, options.services)
  if (project === undefined || hasErrors(diagnostics)) return refuse(hooks, diagnostics)
  const prepared = prepare(context, project, options)
  if (prepared.kind === 'invalid') return refuse(hooks, prepared.diagnostics)
  const upOptions = { ...PLAIN_UP, services: options.services }
  const planned = await plan(context, request, upOptions)
  if (planned.kind === 'invalid') return refuse(hooks, planned.diagnostics)
  if (planned.kind === 'refused') {
    for (const error of planned.errors) hooks.onEvent({ kind: 'failed', error })
    return undefined
  }
  if (planned.plan.steps.length === 0) return prepared
  hooks.onEvent({ kind: 'file-changed', plan: planned.plan })
  if (hooks.confirm === undefined || !(await hooks.confirm())) return undefined
  await hooks.run('up', runHooks => up(context, { request, options: upOptions, hooks: runHooks }))
  return prepared
}

function refuse({ onEvent }: WatchHooks, diagnostics: readonly Diagnostic[]): undefined {
  onEvent({ kind: 'file-invalid', diagnostics })
}

function prepare(
  context: AppContext,
  project: Project,
  { services }: Pick<WatchOptions, 'services'>,
): Prepared | Extract<WatchResult, { kind: 'invalid' }> {
  const selected = desiredOf(project, { services, noDeps: false, scale: new Map() })
  const names = new Set(selected.services.map(({ config }) => config.name))
  const watched = [...project.services.values()].filter(({ name, watch: rules }) => names.has(name) && rules)
  if (watched.length === 0) return { kind: 'invalid', diagnostics: [nothingToWatch(services)] }
  const { rules, diagnostics, mounted } = compileWatchRules(context, project, watched)
  if (hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  return {
    kind: 'prepared',
    project,
    rules,
    mounted,
    files: composeFiles(context, project),
    leftOut: new Map(watched.map(leftOutOf)),
  }
}

/** Standard input cannot be read again. */
function composeFiles({ trees, workingDirectory }: AppContext, { files }: Project): readonly AbsolutePath[] {
  return files
    .filter(file => file !== '-')
    .map(file => trees.realPath(parseAbsolutePath(resolve(workingDirectory, file))))
}

function nothingToWatch(services: readonly string[]): Diagnostic {
  const which = services.length === 0 ? 'no service has' : `none of ${services.join(', ')} has`
  return {
    severity: 'error',
    code: 'missing-key',
    message: `Cannot watch: ${which} a "develop.watch" section`,
    hint: 'Say in the Compose file what to do when files change: docs/watch.md',
  }
}

/** As with docker compose, what describes the project is no part of the program when the session begins. */
function leftOutOf({ name, build }: Service): readonly [string, ReadonlySet<string>] {
  const own = build?.dockerfile.kind === 'file' ? [basename(build.dockerfile.path)] : []
  return [name, new Set([...DESCRIPTIONS, ...own])]
}

const DESCRIPTIONS: readonly string[] = [
  'Dockerfile',
  ...['compose', 'docker-compose', 'compose.override', 'docker-compose.override'].flatMap(name => [
    `${name}.yaml`,
    `${name}.yml`,
  ]),
]

import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import type { OneOff } from '../model/one-off.ts'
import type { Project } from '../model/project.ts'
import { type OneOffChanges, oneOffService } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import { type Loaded, loadRequested, toLoadRequest } from './find-project.ts'
import { loadProject } from './load/load-project.ts'
import { completeToStart } from './load-to-start.ts'
import { type EnvironmentOptions, oneOffEnvironment } from './one-off-environment.ts'
import { type OverlaidOptions, oneOffOverlay } from './one-off-overlay.ts'
import type { ProjectRequest } from './project-request.ts'

/** The container of a `run`; options are those of the command of the same names. */
export interface OneOffOptions
  extends EnvironmentOptions,
    Omit<OverlaidOptions, 'workingDirectory'>,
    Pick<OneOffChanges, 'command' | 'user' | 'workingDir' | 'tty' | 'stdinOpen'> {
  /** A command line whose quotes group words as in a shell. @default the service's */
  readonly entrypoint?: string | undefined
  /** @default a name that no other container has */
  readonly name?: string | undefined
  /** `NAME=value`. */
  readonly labels: readonly string[]
  /** Publish the ports of the service. */
  readonly servicePorts: boolean
  readonly useAliases: boolean
  /** Remove the container when it has ended. */
  readonly remove: boolean
}

/** A project with a service as it is to be run, or what is wrong with what was asked. */
export type PreparedRun =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'prepared'
      readonly project: Project
      readonly oneOff: OneOff
      readonly diagnostics: readonly Diagnostic[]
    }

/** Loads the project of `request`, with the service of `options` as that is to be run. */
export async function prepareRun(
  context: AppContext,
  request: ProjectRequest,
  options: OneOffOptions,
): Promise<PreparedRun> {
  const overlaid = await loadOverlaid(context, request, options)
  const { project, diagnostics } = await completeToStart(context, request, overlaid)
  const service = project?.services.get(options.service)
  if (project?.providers?.has(options.service)) {
    const message = `Cannot run a command in service "${options.service}": a provider makes it, not a container`
    return { kind: 'invalid', diagnostics: [...diagnostics, { severity: 'error', code: 'usage', message }] }
  }
  if (project === undefined || service === undefined || hasErrors(diagnostics))
    return { kind: 'invalid', diagnostics }
  const environment = await oneOffEnvironment(context, options, { request, project })
  const entrypoint = await wordsOf(options.entrypoint)
  const found = [...diagnostics, ...environment.diagnostics, ...entrypoint.diagnostics]
  if (hasErrors(found)) return { kind: 'invalid', diagnostics: found }
  const { slug, services } = { slug: newSlug(), services: new Map(project.services) }
  services.set(
    service.name,
    oneOffService(service, {
      ...options,
      capAdd: options.capAdd.map(capabilityName),
      capDrop: options.capDrop.map(capabilityName),
      entrypoint: entrypoint.words,
      environment: environment.variables,
      labels: new Map(options.labels.map(labelOf)),
      hasPorts: options.servicePorts || options.publish.length > 0,
    }),
  )
  return {
    kind: 'prepared',
    project: { ...project, services },
    oneOff: { slug, name: options.name, hasAliases: options.useAliases, isRemovedAtEnd: options.remove },
    diagnostics: found,
  }
}

/** An overlay declares its service, so the files alone have to have it first. */
async function loadOverlaid(
  context: AppContext,
  request: ProjectRequest,
  options: OneOffOptions,
): Promise<Loaded> {
  const overlay = oneOffOverlay({ ...options, workingDirectory: context.workingDirectory })
  const loaded = await loadRequested(context, request, [options.service])
  if (overlay === undefined || loaded.project === undefined) return loaded
  const wanted = { ...toLoadRequest(context, request, [options.service]), overlay }
  const { value, diagnostics, draft } = await loadProject(wanted, context)
  return { project: value, diagnostics, draft }
}

interface Words {
  readonly words: readonly string[] | undefined
  readonly diagnostics: readonly Diagnostic[]
}

async function wordsOf(line: string | undefined): Promise<Words> {
  if (line === undefined) return { words: undefined, diagnostics: [] }
  const { splitCommand } = await import('../parser/canonical/split-command.ts')
  const words = splitCommand(line)
  if (words !== undefined) return { words, diagnostics: [] }
  const message = `Cannot use entrypoint "${line}": a quote is not closed`
  return { words, diagnostics: [{ severity: 'error', code: 'usage', message }] }
}

function labelOf(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function capabilityName(text: string): string {
  return text.toUpperCase().replace(/^CAP_/, '')
}

function newSlug(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')
}

import { posix } from 'node:path'
import { Semaphore } from '../../base/semaphore.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type {
  Engine,
  LockOptions,
  MirroredFile,
  MirroredPath,
  MirrorRequest,
  MirrorResult,
} from '../../engine/engine.ts'
import { type BytePath, displayPath } from '../../engine/engine.ts'
import type { ContainerId, ProjectName } from '../../model/names.ts'
import type { ObservedContainer } from '../../model/observed-state.ts'
import type { TreeWatch } from './tree-port.ts'
import type { WatchEvent } from './watch-event.ts'
import type { RuleMatch, WatchRules } from './watch-rules.ts'

/** What is mirrored, and where. */
export interface ServiceMirrorOptions {
  readonly engine: Pick<Engine, 'lock' | 'mirrors' | 'observe'>
  readonly project: ProjectName
  readonly rules: WatchRules
  readonly tree: Pick<TreeWatch, 'paths'>
  /** Names of files that are not copied when the session begins, by service. */
  readonly leftOut: ReadonlyMap<string, ReadonlySet<string>>
  /** What an earlier part of this session has mirrored. */
  readonly mirrored: MirroredByService
  readonly onEvent: (event: WatchEvent) => void
  /** How the project is locked, for a container that does not run. */
  readonly lock: LockOptions
  readonly signal: AbortSignal
}

/** By service and by path in its containers. */
export type MirroredByService = Map<string, Map<BytePath, MirroredFile>>

/**
 * Keeps the containers of services the same as the files that their rules copy. Each container is caught up with when it is
 * first seen: then everything is looked at. From there on what changes is enough.
 */
export class ServiceMirror {
  readonly #options: ServiceMirrorOptions
  readonly #upToDate = new Set<ContainerId>()
  /** The rules behind what a program got while it was beginning: it may have looked before. */
  readonly #beginning = new Map<ContainerId, readonly RuleMatch[]>()
  /** What has changed and was not told yet, by service. */
  readonly #untold = new Map<string, Set<BytePath>>()
  /** Two runs at a time would write the same files. */
  readonly #turn = new Semaphore(1)

  constructor(options: ServiceMirrorOptions) {
    this.#options = options
  }

  /**
   * Catches up with containers that are new to the session. Returns the rules behind what changed in
   * containers that an earlier session has left, and in those that have ended. One that was just made begins with what it
   * gets; if it has ended by the next call, the rules follow then.
   */
  catchUp(): Promise<readonly RuleMatch[]> {
    return this.#turn.run(async () => {
      const matches: RuleMatch[] = []
      for (const container of await this.#containers()) {
        const isKnown = this.#upToDate.has(container.id)
        matches.push(...(isKnown ? this.#missedBy(container) : await this.#catchUpWith(container)))
      }
      return matches
    })
  }

  /**
   * Brings `changes` into the containers of their services, whether they run or not. How many there are is told at once, or
   * where more of them come by `endBurst`.
   */
  apply(changes: readonly RuleMatch[], { isMore }: { readonly isMore: boolean }): Promise<void> {
    return this.#turn.run(async () => {
      const byService = Map.groupBy(changes.filter(hasTarget), ({ rule }) => rule.service)
      for (const [service, matches] of byService) this.#count(service, matches)
      if (!isMore) this.endBurst()
      const containers = await this.#containers()
      for (const [service, matches] of byService) {
        const files = matches.map(fileOf)
        this.#remember(service, files)
        for (const container of containers.filter(each => each.service === service)) {
          if (!this.#upToDate.has(container.id)) await this.#catchUpWith(container)
          else await this.#mirror(container, files, 'changed')
        }
      }
    })
  }

  /** Tells how much has changed since it was told last. */
  endBurst(): void {
    for (const [service, sources] of this.#untold)
      this.#options.onEvent({ kind: 'syncing', service, changes: sources.size })
    this.#untold.clear()
  }

  #count(service: string, matches: readonly RuleMatch[]): void {
    const sources = this.#untold.get(service) ?? new Set()
    for (const { source } of matches) sources.add(source)
    this.#untold.set(service, sources)
  }

  async #containers(): Promise<readonly ObservedContainer[]> {
    const { engine, project, rules } = this.#options
    const { containers } = await engine.observe(project, [])
    const services = new Set(rules.services)
    const wanted = containers.filter(
      ({ service, state }) => services.has(service) && state.kind !== 'incomplete',
    )
    const ids = new Set(wanted.map(({ id }) => id))
    for (const id of this.#upToDate) if (!ids.has(id)) this.#upToDate.delete(id)
    for (const id of this.#beginning.keys()) if (!ids.has(id)) this.#beginning.delete(id)
    return wanted
  }

  async #catchUpWith(container: ObservedContainer): Promise<readonly RuleMatch[]> {
    const { engine, project, mirrored } = this.#options
    const { service } = container
    this.#upToDate.add(container.id)
    const before = await engine.mirrors.mirrored(project, container.id)
    const own = [...(mirrored.get(service)?.values() ?? [])]
    const matches = this.#allOf(service)
    const initial = matches.filter(match => this.#isInitial(match)).map(fileOf)
    const others = matches.filter(match => !this.#isInitial(match)).map(fileOf)
    const known = (before ?? []).flatMap(path => this.#fileAt(service, path) ?? [])
    const changed = [
      ...(before === undefined ? [] : await this.#mirror(container, withGone(others, known), 'changed')),
      ...(await this.#mirror(container, [...initial, ...own], 'compared')),
    ]
    if (before === undefined) await this.#mirror(container, without(others, own), 'assumed')
    this.#remember(service, changed)
    const rules = this.#rulesBehind(service, changed)
    const isBeginning = before === undefined && container.state.kind === 'running'
    if (isBeginning) this.#beginning.set(container.id, rules)
    return isBeginning ? [] : rules
  }

  /** A program that has ended may have missed what came while it was beginning. Its image has nothing to do with that. */
  #missedBy({ id, state }: ObservedContainer): readonly RuleMatch[] {
    const rules = this.#beginning.get(id) ?? []
    this.#beginning.delete(id)
    if (state.kind === 'running') return []
    return rules.filter(({ rule }) => rule.rule.action.kind !== 'rebuild')
  }

  async #mirror(
    container: ObservedContainer,
    files: readonly MirroredFile[],
    trust: MirrorRequest['trust'],
  ): Promise<readonly MirroredFile[]> {
    const { onEvent, signal } = this.#options
    const result = await this.#attempt(container, { files, trust, signal })
    if (result.kind === 'not-running') {
      this.#upToDate.delete(container.id)
      return []
    }
    const [failure] = result.failures
    if (failure !== undefined) onEvent({ kind: 'failed', error: failure })
    return result.changed
  }

  /** A container that cannot be written to at all is tried again as a whole. */
  async #attempt(container: ObservedContainer, request: MirrorRequest): Promise<MirrorResult> {
    const { engine, project, onEvent, signal } = this.#options
    try {
      const result = await engine.mirrors.mirror(project, container.id, request)
      return result.kind === 'mirrored' ? result : await this.#mirrorLocked(container, request)
    } catch (error) {
      if (error instanceof TcomposeError) onEvent({ kind: 'failed', error })
      else if (!signal.aborted) throw error
      return { kind: 'not-running' }
    }
  }

  /** What is copied to a container that does not run is there when it starts, so that a mistake in it can be mended. */
  async #mirrorLocked({ id }: ObservedContainer, request: MirrorRequest): Promise<MirrorResult> {
    const { engine, project, lock } = this.#options
    await using _lock = await engine.lock(project, lock)
    return await engine.mirrors.mirror(project, id, { ...request, isLocked: true })
  }

  /** Returns the match of everything that the rules of a service copy; of two with one target the later one counts. */
  #allOf(service: string): readonly Targeted[] {
    const { rules, tree } = this.#options
    const matches = tree
      .paths()
      .flatMap(path => rules.matching(path).filter(({ rule }) => rule.service === service))
      .filter(hasTarget)
    return [...new Map(matches.map(match => [match.target, match])).values()]
  }

  #isInitial({ rule, source }: Targeted): boolean {
    const { action } = rule.rule
    if (!('initialSync' in action) || !action.initialSync) return false
    return this.#options.leftOut.get(rule.service)?.has(displayPath(posix.basename(source))) !== true
  }

  /** Returns what the rules still copy to where an earlier session has. */
  #fileAt(service: string, { source, target }: MirroredPath): MirroredFile | undefined {
    const matches = this.#options.rules.matching(source).filter(hasTarget)
    const match = matches.find(({ rule, target: own }) => rule.service === service && own === target)
    return match === undefined ? undefined : fileOf(match)
  }

  #rulesBehind(service: string, files: readonly MirroredFile[]): readonly RuleMatch[] {
    return files.flatMap(({ source }) =>
      this.#options.rules.matching(source).filter(({ rule }) => rule.service === service),
    )
  }

  #remember(service: string, files: readonly MirroredFile[]): void {
    const { mirrored } = this.#options
    const known = mirrored.get(service) ?? new Map<BytePath, MirroredFile>()
    for (const file of files) known.set(file.target, file)
    mirrored.set(service, known)
  }
}

type Targeted = RuleMatch & { readonly target: BytePath }

function hasTarget(match: RuleMatch): match is Targeted {
  return match.target !== undefined
}

function fileOf({ source, target, top }: Targeted): MirroredFile {
  return { source, target, top }
}

/** Adds what an earlier session has mirrored and is not there any more. */
function withGone(files: readonly MirroredFile[], before: readonly MirroredFile[]): readonly MirroredFile[] {
  const targets = new Set(files.map(({ target }) => target))
  return [...files, ...before.filter(({ target }) => !targets.has(target))]
}

function without(files: readonly MirroredFile[], others: readonly MirroredFile[]): readonly MirroredFile[] {
  const targets = new Set(others.map(({ target }) => target))
  return files.filter(({ target }) => !targets.has(target))
}

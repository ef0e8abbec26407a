import type { Diagnostic } from '../../base/diagnostic.ts'
import { servicePath } from '../../base/model-path.ts'
import { originOf, type Project } from '../../model/project.ts'
import type { Service } from '../../model/service.ts'
import type { FileSource } from '../../parser/load-request.ts'
import type { AppContext } from '../app-context.ts'
import { CompiledRule, copies, type RuleInput, WatchRules } from './watch-rules.ts'

/** The rules of services, or what is wrong with them. */
export interface CompiledRules {
  readonly rules: WatchRules
  readonly diagnostics: readonly Diagnostic[]
  /** Paths of rules that copy what is mounted anyway. */
  readonly mounted: readonly { readonly service: string; readonly path: string }[]
}

/** Compiles the watch rules of `services`, with the .dockerignore files of their builds. */
export function compileWatchRules(
  { files, trees }: Pick<AppContext, 'files' | 'trees'>,
  project: Project,
  services: readonly Service[],
): CompiledRules {
  const rules: CompiledRule[] = []
  const diagnostics: Diagnostic[] = []
  const mounted: { service: string; path: string }[] = []
  for (const service of services) {
    const buildIgnore = buildIgnoreOf(service, files)
    const folders = boundFolders(service)
    for (const [index, declared] of (service.watch ?? []).entries()) {
      const rule = { ...declared, path: trees.realPath(declared.path) }
      const problem = problemOf(service, index, project)
      if (problem !== undefined) diagnostics.push(problem)
      else if (copies(rule) && folders.some(folder => isIn(rule.path, folder)))
        mounted.push({ service: service.name, path: rule.path })
      else
        tryCompile({ service: service.name, rule, buildIgnore, mounted: folders }, rules, message =>
          diagnostics.push(errorAt(project, { service: service.name, index, message })),
        )
    }
  }
  return { rules: new WatchRules(rules), diagnostics, mounted }
}

function tryCompile(input: RuleInput, rules: CompiledRule[], onProblem: (message: string) => void): void {
  try {
    rules.push(new CompiledRule(input))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    onProblem(`A watch rule of service "${input.service}" has a malformed ${error.message}`)
  }
}

function problemOf(service: Service, index: number, project: Project): Diagnostic | undefined {
  const { name, build } = service
  const action = service.watch?.[index]?.action
  if (action?.kind === 'rebuild' && build === undefined) {
    const message = `Cannot watch service "${name}": it has no "build", which action "rebuild" needs`
    return errorAt(project, { service: name, index, message, hint: 'Add "build", or use another action' })
  }
  if (action?.kind === 'sync+exec' && action.exec === undefined) {
    const message = `Cannot watch service "${name}": its rule has no "exec", which action "sync+exec" needs`
    return errorAt(project, { service: name, index, message, hint: 'Add "exec" with a "command"' })
  }
  return undefined
}

interface RuleProblem {
  readonly service: string
  /** Of the rule, counted from 0. */
  readonly index: number
  readonly message: string
  readonly hint?: string
}

function errorAt(project: Project, { service, index, message, hint }: RuleProblem): Diagnostic {
  const span = originOf(project.origins, servicePath(service, 'develop', 'watch', index))
  return {
    ...{ severity: 'error', code: 'bad-value', message },
    ...(span !== undefined && { span }),
    ...(hint !== undefined && { hint }),
  }
}

/** As for the build itself: the file beside the Dockerfile first, then that of the context. */
function buildIgnoreOf({ build }: Service, files: FileSource): RuleInput['buildIgnore'] {
  if (build?.context.kind !== 'folder') return undefined
  const folder = build.context.path
  const own = build.dockerfile.kind === 'file' ? [`${build.dockerfile.path}.dockerignore`] : []
  for (const name of [...own, '.dockerignore']) {
    const found = files.readText(name.startsWith('/') ? name : `${folder}/${name}`)
    if (found.kind === 'text') return { folder, text: found.text }
  }
  return undefined
}

function boundFolders({ mounts }: Service): readonly string[] {
  return mounts.flatMap(mount => (mount.kind === 'bind' ? [mount.source] : []))
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`)
}

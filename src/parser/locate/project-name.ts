import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { Checked, Diagnostic } from '../../base/diagnostic.ts'
import { type ProjectName, parseProjectName } from '../../model/names.ts'
import { type Node, stringOf } from '../document/node.ts'

/** Where a project's name may come from, the strongest first. */
export interface NameSources {
  readonly requested: string | undefined
  /** `COMPOSE_PROJECT_NAME`. */
  readonly variable: string | undefined
  /** The `name` of the file, interpolated. */
  readonly declared: Node | undefined
  readonly folder: AbsolutePath
}

/** Chooses the project's name. What the user typed must be a valid name as it is; the rest is made one. */
export function projectName({ requested, variable, declared, folder }: NameSources): Checked<ProjectName> {
  if (requested !== undefined) return exact(requested, '-p')
  if (variable !== undefined && variable !== '') return exact(variable, 'COMPOSE_PROJECT_NAME')
  const name = stringOf(declared)
  if (declared !== undefined && name !== undefined && name !== '') return fromFile(declared, name)
  return fromFolder(folder)
}

/** Lower case, nothing but letters, digits, `-` and `_`, and neither of these in front. */
export function normaliseProjectName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}

function exact(text: string, source: string): Checked<ProjectName> {
  const normal = normaliseProjectName(text)
  if (normal === text && normal !== '') return { value: parseProjectName(normal), diagnostics: [] }
  return failed({
    severity: 'error',
    code: 'project-name',
    message: `Cannot use project name "${text}" of ${source}: expected lower-case letters, digits, "-" and "_", starting with a letter or digit`,
    ...(normal === '' ? {} : { hint: `did you mean "${normal}"?` }),
  })
}

function fromFile(declared: Node, name: string): Checked<ProjectName> {
  const normal = normaliseProjectName(name)
  if (normal !== '') return { value: parseProjectName(normal), diagnostics: [] }
  return failed({
    severity: 'error',
    code: 'project-name',
    message: `Cannot use project name "${name}": expected at least one letter or digit`,
    span: declared.span,
  })
}

function fromFolder(folder: AbsolutePath): Checked<ProjectName> {
  const normal = normaliseProjectName(folder.slice(folder.lastIndexOf('/') + 1))
  if (normal !== '') return { value: parseProjectName(normal), diagnostics: [] }
  return failed({
    severity: 'error',
    code: 'project-name',
    message: `Cannot name the project after folder "${folder}": it contains no letter or digit`,
    hint: 'Name the project with -p or with "name:" in the file',
  })
}

function failed(diagnostic: Diagnostic): Checked<ProjectName> {
  return { value: undefined, diagnostics: [diagnostic] }
}

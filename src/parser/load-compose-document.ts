import type { AbsolutePath } from '../base/absolute-path.ts'
import type { Checked, Diagnostic } from '../base/diagnostic.ts'
import { hasErrors } from '../base/diagnostic.ts'
import { type ProjectName, parseProjectName } from '../model/names.ts'
import { canonicalForm } from './canonical/canonical-form.ts'
import { withoutConsequences } from './diagnostics/without-consequences.ts'
import type { Entry, MapNode, Node } from './document/node.ts'
import { withEntry } from './document/node.ts'
import { readYaml } from './document/read-yaml.ts'
import { projectEnvironment, startFolder, withDefaultEnvFile } from './environment/project-environment.ts'
import { resolveServiceEnvironment } from './environment/resolve-service-environment.ts'
import { interpolateDocument } from './interpolate/interpolate-document.ts'
import {
  NO_TEMPLATES,
  type TemplatePlaces,
  templatePlaces,
  withoutTemplates,
} from './interpolate/template-places.ts'
import type { LoadPorts, LoadRequest, OptionalStage } from './load-request.ts'
import { type LocatedFile, locateFiles } from './locate/locate-files.ts'
import { projectName } from './locate/project-name.ts'
import { parentFolder } from './locate/resolve-path.ts'
import { mergeDocuments, settleDirectives } from './merge/merge-documents.ts'
import { nameDocument, normaliseDocument } from './normalise/normalise-document.ts'
import { resolvePaths } from './normalise/resolve-paths.ts'
import { checkRules } from './rules/check-rules.ts'
import { checkSchema } from './schema/check-schema.ts'
import { selectServices } from './selection/select-services.ts'

/** A project as one document: merged, in long form, complete, with every value's place. `config` prints it. */
export interface ComposeDocument {
  readonly document: MapNode
  /** The services that are on, environment resolved; `document` holds the same. */
  readonly services: ReadonlyMap<string, MapNode>
  /** The services that are off, with their profiles. */
  readonly inactive: ReadonlyMap<string, readonly string[]>
  readonly name: ProjectName
  readonly workingDir: AbsolutePath
  /** Absolute paths of the files, in order; `-` is standard input. */
  readonly files: readonly string[]
  /** The variables that were there to interpolate with. */
  readonly variables: ReadonlyMap<string, string>
}

/**
 * Loads the Compose files that `request` means. All that is wrong is in the diagnostics, sorted by place; there is
 * a value only if none of them is an error. Throws nothing but what `ports` throw.
 */
export function loadComposeDocument(request: LoadRequest, ports: LoadPorts): Checked<ComposeDocument> {
  const early = projectEnvironment(request, ports)
  const located = locateFiles(request, ports.files, early.variables)
  if (located.value === undefined) return failed([...early.diagnostics, ...located.diagnostics])
  const workingDir = projectFolder(request, located.value)
  const environment =
    workingDir === startFolder(request) ? early : withDefaultEnvFile(early, workingDir, { request, ports })
  const read = readFiles(located.value, ports)
  const before = [...environment.diagnostics, ...located.diagnostics, ...read.diagnostics]
  if (hasErrors(read.diagnostics)) return failed(withoutConsequences([before]))
  const source = { request, ports, workingDir, variables: environment.variables }
  const completed = complete(read.documents, source)
  const diagnostics = withoutConsequences([before, ...completed.stages])
  if (hasErrors(diagnostics)) return failed(diagnostics)
  const files = located.value.map(({ path }) => path)
  return { value: { ...completed.result, workingDir, files }, diagnostics }
}

interface LoadSource {
  readonly request: LoadRequest
  readonly ports: LoadPorts
  readonly workingDir: AbsolutePath
  readonly variables: ReadonlyMap<string, string>
}

function failed(diagnostics: readonly Diagnostic[]): Checked<ComposeDocument> {
  return { value: undefined, diagnostics }
}

function projectFolder(request: LoadRequest, files: readonly LocatedFile[]): AbsolutePath {
  const first = files[0]?.path
  if (request.projectDirectory !== undefined || first === undefined || first === '-')
    return startFolder(request)
  return parentFolder(first)
}

interface ReadFiles {
  readonly documents: readonly MapNode[]
  readonly diagnostics: readonly Diagnostic[]
}

function readFiles(files: readonly LocatedFile[], ports: LoadPorts): ReadFiles {
  const read = files.map((file): ReadFiles => {
    const content = ports.files.readText(file.path)
    if (content.kind === 'text') return readYaml(file.name, content.text)
    const state = content.kind === 'missing' ? 'there is no such file' : content.reason
    const message = `Cannot read "${file.name}": ${state}`
    return { documents: [], diagnostics: [{ severity: 'error', code: 'file-not-found', message }] }
  })
  return {
    documents: read.flatMap(({ documents }) => documents),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
  }
}

interface Completed {
  readonly result: Omit<ComposeDocument, 'workingDir' | 'files'>
  /** Diagnostics by stage: what an early stage found explains what a later one finds in the same place. */
  readonly stages: readonly (readonly Diagnostic[])[]
}

function complete(documents: readonly MapNode[], source: LoadSource): Completed {
  const name = nameProject(documents, source)
  const variables = withSynthetic(source, name.value)
  const leavesOut = (stage: OptionalStage): boolean => source.request.leaveOut?.includes(stage) ?? false
  const merged = bringTogether(documents, leavesOut('interpolation') ? undefined : variables)
  const base = { folder: source.workingDir, home: variables.get('HOME') }
  const settled = withEntry(merged.document, 'version', undefined)
  const project = name.value ?? parseProjectName('project')
  const absolute = leavesOut('paths') ? settled : resolvePaths(settled, base)
  const normal = leavesOut('normalisation')
    ? nameDocument(absolute, project)
    : normaliseDocument(absolute, project)
  const selection = selectServices(normal, source.request, variables)
  const input = { document: normal, services: selection.services, inactive: selection.inactive }
  const rules = leavesOut('consistency') ? [] : withoutTemplates(checkRules(input), merged.templates)
  const resolved = leavesOut('environment')
    ? { services: selection.services, diagnostics: [] }
    : resolveEnvironments(selection.services, source, variables)
  return {
    result: {
      document: withServices(normal, resolved.services),
      services: resolved.services,
      inactive: selection.inactive,
      name: project,
      variables,
    },
    stages: [...merged.stages, [...name.diagnostics, ...selection.diagnostics], rules, resolved.diagnostics],
  }
}

function nameProject(
  documents: readonly MapNode[],
  { request, variables, workingDir }: LoadSource,
): Checked<ProjectName> {
  const declared = documents.flatMap(document => document.entries.get('name')?.value ?? []).at(-1)
  return projectName({
    requested: request.projectName,
    variable: variables.get('COMPOSE_PROJECT_NAME'),
    declared: declared === undefined ? undefined : interpolated(declared, variables),
    folder: workingDir,
  })
}

function interpolated(node: Node, variables: ReadonlyMap<string, string>): Node | undefined {
  const entries = new Map([['name', { keySpan: node.span, value: node }]])
  return interpolateDocument({ kind: 'map', entries, span: node.span }, variables).document.entries.get(
    'name',
  )?.value
}

/** Variables that are there even if nobody set them. */
function withSynthetic(source: LoadSource, name: ProjectName | undefined): ReadonlyMap<string, string> {
  const variables = new Map(source.variables)
  if (!variables.has('PWD')) variables.set('PWD', source.request.workingDirectory)
  if (name !== undefined) variables.set('COMPOSE_PROJECT_NAME', name)
  return variables
}

interface BroughtTogether {
  readonly document: MapNode
  readonly stages: readonly (readonly Diagnostic[])[]
  /** The places of the values that hold a variable still. */
  readonly templates: TemplatePlaces
}

/** Variables are replaced unless `variables` is undefined. */
function bringTogether(
  documents: readonly MapNode[],
  variables: ReadonlyMap<string, string> | undefined,
): BroughtTogether {
  const expanded = documents.map(document =>
    variables === undefined ? { document, diagnostics: [] } : interpolateDocument(document, variables),
  )
  const templates = variables === undefined ? templatePlaces(documents) : NO_TEMPLATES
  const checked = expanded.flatMap(({ document }) =>
    checkSchema(document, documents.length === 1 ? ['structure', 'required'] : ['structure']),
  )
  const long = expanded.map(({ document }) => canonicalForm(document, templates))
  const [first, ...others] = long.map(({ document }) => document)
  if (first === undefined) throw new Error('Cannot merge no documents')
  const merging: Diagnostic[] = []
  const document = others.reduce((base, override) => {
    const merged = mergeDocuments(base, override)
    merging.push(...merged.diagnostics)
    return merged.document
  }, settleDirectives(first))
  if (others.length > 0) merging.push(...checkSchema(document, ['required']))
  const obsolete = documents.flatMap(({ entries }) => obsoleteVersion(entries.get('version')))
  return {
    document,
    templates,
    stages: [
      expanded.flatMap(({ diagnostics }) => diagnostics),
      [...withoutTemplates(checked, templates), ...obsolete],
      long.flatMap(({ diagnostics }) => diagnostics),
      withoutTemplates(merging, templates),
    ],
  }
}

function obsoleteVersion(entry: Entry | undefined): readonly Diagnostic[] {
  if (entry === undefined) return []
  const message = 'Key "version" is obsolete, so it is ignored'
  return [
    { severity: 'warning', code: 'obsolete-key', message, span: entry.keySpan, hint: 'Take the line away' },
  ]
}

function resolveEnvironments(
  services: ReadonlyMap<string, MapNode>,
  source: LoadSource,
  variables: ReadonlyMap<string, string>,
): { readonly services: ReadonlyMap<string, MapNode>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const resolved = new Map<string, MapNode>()
  const sources = { files: source.ports.files, variables, workingDirectory: source.request.workingDirectory }
  for (const [name, service] of services) {
    const result = resolveServiceEnvironment(service, sources)
    resolved.set(name, result.service)
    diagnostics.push(...result.diagnostics)
  }
  return { services: resolved, diagnostics }
}

/** Keeps only the services that are on. */
function withServices(document: MapNode, services: ReadonlyMap<string, MapNode>): MapNode {
  const section = document.entries.get('services')?.value
  if (section?.kind !== 'map') return document
  const entries = new Map(
    [...section.entries].flatMap(([name, { keySpan }]) => {
      const value = services.get(name)
      return value === undefined ? [] : [[name, { keySpan, value }] as const]
    }),
  )
  return withEntry(document, 'services', { ...section, entries })
}

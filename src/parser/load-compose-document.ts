import { type AbsolutePath, parseAbsolutePath } from '../base/absolute-path.ts'
import type { Checked, Diagnostic } from '../base/diagnostic.ts'
import { hasErrors } from '../base/diagnostic.ts'
import type { SourceSpan } from '../base/source-span.ts'
import { type ProjectName, parseProjectName } from '../model/names.ts'
import { withoutConsequences } from './diagnostics/without-consequences.ts'
import type { MapNode, Node } from './document/node.ts'
import { withEntry } from './document/node.ts'
import {
  type ProjectEnvironment,
  projectEnvironment,
  startFolder,
  withDefaultEnvFile,
  withProjectVariables,
} from './environment/project-environment.ts'
import { resolveServiceFiles } from './environment/resolve-service-files.ts'
import type { Provenance } from './explain/provenance.ts'
import { interpolateDocument } from './interpolate/interpolate-document.ts'
import { type TemplatePlaces, templatePlaces, withoutTemplates } from './interpolate/template-places.ts'
import type { LayerScope } from './layer/layer-scope.ts'
import { LoadSession } from './layer/load-session.ts'
import { isWhole, mergeLayers } from './layer/merge-layers.ts'
import { readOverlay, readProjectDocuments, type SourceDocument } from './layer/read-documents.ts'
import type { LoadPorts, LoadRequest } from './load-request.ts'
import { locateFiles } from './locate/locate-files.ts'
import type { LocatedFile } from './locate/located-file.ts'
import { projectName } from './locate/project-name.ts'
import { parentFolder } from './locate/resolve-path.ts'
import { nameDocument, normaliseDocument } from './normalise/normalise-document.ts'
import { withoutEmptyTexts } from './normalise/without-empty-texts.ts'
import { checkRules } from './rules/check-rules.ts'
import { checkSchema } from './schema/check-schema.ts'
import { baseServices } from './selection/base-services.ts'
import { selectServices } from './selection/select-services.ts'

/** A project as one document: merged, in long form, complete, with every value's place. `config` prints it. */
export interface ComposeDocument {
  readonly document: MapNode
  /** The services that are on, environment resolved; `document` holds the same. */
  readonly services: ReadonlyMap<string, MapNode>
  /** The services that are off, with their profiles. */
  readonly inactive: ReadonlyMap<string, readonly string[]>
  /** Those of them from whose images others are built; see `baseServices`. */
  readonly bases: ReadonlyMap<string, MapNode>
  readonly name: ProjectName
  readonly workingDir: AbsolutePath
  /** Absolute paths of the files of the request, in order; `-` is standard input. */
  readonly files: readonly string[]
  /** The variables that were there to interpolate with. */
  readonly variables: ReadonlyMap<string, string>
  /** What secrets and configs of included projects hold, by the very span object of `environment`. */
  readonly contents: ReadonlyMap<SourceSpan, string>
  /** What it was merged from; src/parser/explain reads it. */
  readonly provenance: Provenance
}

/**
 * Loads the Compose files that `request` means. All that is wrong is in the diagnostics, sorted by place; there is
 * a value only if none of them is an error. Throws nothing but what `ports` throw.
 */
export function loadComposeDocument(request: LoadRequest, ports: LoadPorts): Checked<ComposeDocument> {
  const { value, diagnostics } = readComposeDocument(request, ports)
  return hasErrors(diagnostics) ? failed(diagnostics) : { value, diagnostics }
}

/**
 * Loads as `loadComposeDocument` does, but returns a document with mistakes in it too, if all of its text could be read. At the
 * place of a mistake it may hold anything.
 */
export function readComposeDocument(request: LoadRequest, ports: LoadPorts): Checked<ComposeDocument> {
  const early = projectEnvironment(request, ports)
  const located = locateFiles(request, ports, early.variables)
  if (located.value === undefined) return failed([...early.diagnostics, ...located.diagnostics])
  const workingDir = projectFolder(request, located.value)
  const environment =
    workingDir === startFolder(request) ? early : withDefaultEnvFile(early, workingDir, { request, ports })
  const session = new LoadSession(request, ports)
  const { reading } = session.findings
  reading.push(...environment.diagnostics, ...located.diagnostics)
  const documents = [...readProjectDocuments(located.value, session), ...readOverlay(session)]
  if (documents.length === 0 || isBroken(session)) return failed(withoutConsequences([reading]))
  const files = located.value.map(({ path }) => path)
  const nameFolder = namingFolder(located.value, workingDir, request)
  return complete({ documents, files, session, workingDir, nameFolder, environment })
}

interface LoadSource {
  readonly documents: readonly SourceDocument[]
  readonly files: readonly string[]
  readonly session: LoadSession
  readonly workingDir: AbsolutePath
  /** Whose name the project has where nothing else names it. */
  readonly nameFolder: AbsolutePath
  readonly environment: ProjectEnvironment
}

function failed(diagnostics: readonly Diagnostic[]): Checked<ComposeDocument> {
  return { value: undefined, diagnostics }
}

/** Tells whether parts of the project could not be read; env files are no part of it. */
function isBroken({ findings: { reading } }: LoadSession): boolean {
  return hasErrors(reading.filter(({ code }) => code !== 'env-file'))
}

function projectFolder(request: LoadRequest, files: readonly LocatedFile[]): AbsolutePath {
  const first = files.flatMap(({ path }) => (path === '-' ? [] : [path]))[0]
  return request.projectDirectory !== undefined || first === undefined
    ? startFolder(request)
    : parentFolder(first)
}

/** What comes from another machine is in a folder that is named by its digest. */
function namingFolder(
  files: readonly LocatedFile[],
  workingDir: AbsolutePath,
  { projectDirectory }: LoadRequest,
): AbsolutePath {
  const name = files[0]?.project
  return name === undefined || projectDirectory !== undefined ? workingDir : parseAbsolutePath(`/${name}`)
}

function complete(source: LoadSource): Checked<ComposeDocument> {
  const { documents, session, workingDir, files } = source
  const { findings, request } = session
  const name = nameProject(source)
  const environment = withProjectVariables(source.environment, ownVariables(request, name.value))
  const base = { folder: workingDir, home: environment.variables.get('HOME') }
  const scope: LayerScope = { base, environment, references: [], trail: files }
  const { tree, layers } = mergeLayers(documents, scope, session)
  const { reading, interpolation, structure, form, merging } = findings
  const early = [reading, interpolation, structure, form, merging]
  if (tree === undefined || isBroken(session)) return failed(withoutConsequences(early))
  const templates = session.leavesOut('interpolation')
    ? templatePlaces(layers.map(({ document }) => document))
    : new Set<string>()
  if (!isWhole(documents, scope)) merging.push(...checkSchema(tree, ['required']))
  const finished = finish(withoutEmptyTexts(withEntry(tree, 'version', undefined)), {
    session,
    workingDir,
    environment,
    templates,
    name,
  })
  const { stages, ...result } = finished
  const diagnostics = withoutConsequences([
    ...early.slice(0, -1),
    withoutTemplates(merging, templates),
    ...stages,
  ])
  const { aliasPaths, contents, templates: expanded } = session
  const provenance = { layers, aliasPaths, templates: expanded, environment }
  return {
    value: { ...result, workingDir, files, variables: environment.variables, contents, provenance },
    diagnostics,
  }
}

interface Finishing {
  readonly session: LoadSession
  readonly workingDir: AbsolutePath
  readonly environment: ProjectEnvironment
  /** The places of the values that hold a variable still. */
  readonly templates: TemplatePlaces
  readonly name: Checked<ProjectName>
}

interface Finished extends Pick<ComposeDocument, 'document' | 'services' | 'inactive' | 'bases' | 'name'> {
  readonly stages: readonly (readonly Diagnostic[])[]
}

/** Fills in what the merged tree leaves unsaid, switches services on, and checks the whole. */
function finish(tree: MapNode, { session, workingDir, environment, templates, name }: Finishing): Finished {
  const { request, ports } = session
  const { variables } = environment
  const project = name.value ?? parseProjectName('project')
  const folder = session.leavesOut('paths') ? '.' : workingDir
  const normal = session.leavesOut('normalisation')
    ? nameDocument(tree, project)
    : normaliseDocument(tree, { name: project, folder, variables })
  const { services, inactive, diagnostics } = selectServices(normal, request, variables)
  const bases = baseServices(normal, services)
  const input = { document: normal, services, inactive, bases }
  const rules = session.leavesOut('consistency') ? [] : checkRules(input)
  const base = { folder: workingDir, home: variables.get('HOME') }
  const sources = { files: ports.files, variables, base, workingDirectory: request.workingDirectory }
  const resolved = session.leavesOut('environment')
    ? { services, diagnostics: [] }
    : resolveServiceFiles(services, sources)
  return {
    document: withServices(normal, resolved.services),
    services: resolved.services,
    inactive,
    bases,
    name: project,
    stages: [[...name.diagnostics, ...diagnostics], withoutTemplates(rules, templates), resolved.diagnostics],
  }
}

function nameProject({ documents, session, environment, nameFolder }: LoadSource): Checked<ProjectName> {
  const { variables } = environment
  const declared = documents.flatMap(({ document }) => document.entries.get('name')?.value ?? []).at(-1)
  return projectName({
    requested: session.request.projectName,
    variable: variables.get('COMPOSE_PROJECT_NAME'),
    declared: declared === undefined ? undefined : interpolated(declared, variables),
    folder: nameFolder,
  })
}

function interpolated(node: Node, variables: ReadonlyMap<string, string>): Node | undefined {
  const entries = new Map([['name', { keySpan: node.span, value: node }]])
  return interpolateDocument({ kind: 'map', entries, span: node.span }, variables).document.entries.get(
    'name',
  )?.value
}

/** Variables that are there even if nobody set them. */
function ownVariables(request: LoadRequest, name: ProjectName | undefined): ReadonlyMap<string, string> {
  const variables = new Map<string, string>([['PWD', request.workingDirectory]])
  if (name !== undefined) variables.set('COMPOSE_PROJECT_NAME', name)
  return variables
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

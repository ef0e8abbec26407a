import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import type { Checked, Diagnostic } from '../../src/base/diagnostic.ts'
import type { Project } from '../../src/model/project.ts'
import type { Service } from '../../src/model/service.ts'
import { type ComposeDocument, loadComposeDocument } from '../../src/parser/load-compose-document.ts'
import { type LoadedProject, loadProject } from '../../src/parser/load-project.ts'
import type { FileSource, LoadPorts, LoadRequest } from '../../src/parser/load-request.ts'

/** A project folder that exists only in memory; paths are relative to `/project`. */
export interface MemoryProject {
  readonly files: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  readonly request?: Partial<LoadRequest>
  /** The content of the file `-`; called for each read. */
  readonly standardInput?: () => string
}

/** Loads a project from memory. */
export function loadMemory(project: MemoryProject): LoadedProject {
  return loadProject(requestOf(project), portsOf(project))
}

/** Loads the canonical document of a project from memory. */
export function loadMemoryDocument(project: MemoryProject): Checked<ComposeDocument> {
  return loadComposeDocument(requestOf(project), portsOf(project))
}

/** Loads `text` as compose.yaml and returns the project, failing with its diagnostics if there is none. */
export function projectOf(text: string, environment: Readonly<Record<string, string>> = {}): Project {
  const { value, diagnostics } = loadMemory({ files: { 'compose.yaml': text }, environment })
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return value
}

/** Returns service `web` of a file with `attributes` below it. */
export function serviceOf(attributes: string, rest = ''): Service {
  const web = projectOf(webFile(attributes, rest)).services.get('web')
  if (web === undefined) throw new Error('Cannot find service "web"')
  return web
}

/** Returns the diagnostics of a compose.yaml with `text`. */
export function diagnosticsOf(text: string): readonly Diagnostic[] {
  return loadMemory({ files: { 'compose.yaml': text } }).diagnostics
}

/** Returns a file with one service `web` and `attributes` below it. */
export function webFile(attributes: string, rest = ''): string {
  const image = /^(?:image|build):/m.test(attributes) ? '' : '    image: rootfs:/\n'
  const lines = attributes.split('\n').filter(line => line !== '')
  return `services:\n  web:\n${image}${lines.map(line => `    ${line}\n`).join('')}${rest}`
}

function requestOf({ request }: MemoryProject): LoadRequest {
  return {
    files: undefined,
    projectDirectory: undefined,
    projectName: undefined,
    profiles: undefined,
    envFiles: undefined,
    workingDirectory: parseAbsolutePath('/project'),
    ...request,
  }
}

/** Returns files and environment of a project in memory. */
export function portsOf({ files, environment, standardInput }: MemoryProject): LoadPorts {
  const paths = new Map(Object.keys(files).map(path => [parseAbsolutePath(`/project/${path}`), path]))
  // A test may edit a file.
  const find = (path: string) => files[[...paths].find(([known]) => known === path)?.[1] ?? '']
  const source: FileSource = {
    readText: path => {
      const text = path === '-' ? standardInput?.() : find(path)
      return text === undefined ? { kind: 'missing' } : { kind: 'text', text }
    },
    exists: path => find(path) !== undefined,
  }
  return { files: source, environment: new Map(Object.entries(environment ?? {})) }
}

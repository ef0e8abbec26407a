import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { Checked, Diagnostic } from '../../base/diagnostic.ts'
import { startFolder } from '../environment/project-environment.ts'
import type { FileSource, LoadPorts, LoadRequest } from '../load-request.ts'
import { isRemoteAddress } from './is-remote-address.ts'
import type { LocatedFile } from './located-file.ts'
import { remoteFiles } from './remote-files.ts'
import { displayPath, parentFolder, resolvePath } from './resolve-path.ts'

/** What a Compose file is called where nobody names it, the first that is there counts. */
export const DEFAULT_NAMES: readonly string[] = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
]
const OVERRIDE_NAMES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/**
 * Returns the files to load: those of the request, else those of `COMPOSE_FILE`, else the first default name found
 * in the folder or its parents, with the override file beside it.
 */
export function locateFiles(
  request: LoadRequest,
  ports: LoadPorts,
  environment: ReadonlyMap<string, string>,
): Checked<readonly LocatedFile[]> {
  const { files } = ports
  const named = request.files ?? composeFileVariable(environment)
  if (named === undefined || named.length === 0) return discover(startFolder(request), request, files)
  const all = named.map(name =>
    isRemoteAddress(name) ? remoteFiles(name, ports) : locate(name, request.workingDirectory, files),
  )
  const located = all.flatMap(({ value }) => value ?? [])
  const isWhole = all.every(({ value }) => value !== undefined)
  return {
    value: isWhole ? located : undefined,
    diagnostics: all.flatMap(({ diagnostics }) => diagnostics),
  }
}

function composeFileVariable(environment: ReadonlyMap<string, string>): readonly string[] | undefined {
  const value = environment.get('COMPOSE_FILE')
  if (value === undefined || value === '') return undefined
  return value.split(environment.get('COMPOSE_PATH_SEPARATOR') || ':').filter(name => name !== '')
}

function locate(name: string, base: AbsolutePath, files: FileSource): Checked<readonly LocatedFile[]> {
  const path = name === '-' ? '-' : resolvePath(base, name)
  if (path !== '-' && !files.exists(path)) return { value: undefined, diagnostics: [notFound(name)] }
  return { value: [{ name, path, origin: 'named' }], diagnostics: [] }
}

function discover(
  start: AbsolutePath,
  request: LoadRequest,
  files: FileSource,
): Checked<readonly LocatedFile[]> {
  for (let folder = start; ; folder = parentFolder(folder)) {
    const found = DEFAULT_NAMES.map(name => resolvePath(folder, name)).filter(path => files.exists(path))
    const [first, second] = found
    if (first !== undefined) {
      const override = OVERRIDE_NAMES.map(name => resolvePath(folder, name)).find(path => files.exists(path))
      const paths = override === undefined ? [first] : [first, override]
      const named = paths.map(path => ({ name: displayPath(request.workingDirectory, path), path }))
      return {
        value: named,
        diagnostics: second === undefined ? [] : [severalFound(named[0]?.name ?? first, found.length)],
      }
    }
    if (folder === '/') return { value: undefined, diagnostics: [nothingFound(start)] }
  }
}

function notFound(name: string): Diagnostic {
  return {
    severity: 'error',
    code: 'file-not-found',
    message: `Cannot read "${name}": there is no such file`,
    hint: 'Check the path given with -f or in COMPOSE_FILE',
  }
}

function nothingFound(folder: AbsolutePath): Diagnostic {
  return {
    severity: 'error',
    code: 'file-not-found',
    message: `Cannot find a Compose file: no configuration file provided: not found in "${folder}" or a folder above it`,
    hint: `Name the file with -f, or create one of ${DEFAULT_NAMES.join(', ')}`,
  }
}

function severalFound(name: string, count: number): Diagnostic {
  return {
    severity: 'warning',
    code: 'usage',
    message: `The folder contains ${count} Compose files; "${name}" is used`,
    hint: 'Name the file with -f',
  }
}

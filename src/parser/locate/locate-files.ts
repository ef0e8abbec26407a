import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { Checked, Diagnostic } from '../../base/diagnostic.ts'
import { startFolder } from '../environment/project-environment.ts'
import type { FileSource, InputOrigin, LoadRequest } from '../load-request.ts'
import { displayPath, parentFolder, resolvePath } from './resolve-path.ts'

/** A Compose file to read. */
export interface LocatedFile {
  /** As the user would name it. */
  readonly name: string
  /** Absolute, or `-` for standard input. */
  readonly path: AbsolutePath | '-'
  /** @default found */
  readonly origin?: InputOrigin
}

const DEFAULT_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
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
  files: FileSource,
  environment: ReadonlyMap<string, string>,
): Checked<readonly LocatedFile[]> {
  const named = request.files ?? composeFileVariable(environment)
  if (named === undefined || named.length === 0) return discover(startFolder(request), request, files)
  const located = named.map(name => locate(name, request.workingDirectory))
  const missing = located.filter(({ path }) => path !== '-' && !files.exists(path))
  if (missing.length > 0) return { value: undefined, diagnostics: missing.map(notFound) }
  return { value: located, diagnostics: [] }
}

function composeFileVariable(environment: ReadonlyMap<string, string>): readonly string[] | undefined {
  const value = environment.get('COMPOSE_FILE')
  if (value === undefined || value === '') return undefined
  return value.split(environment.get('COMPOSE_PATH_SEPARATOR') || ':').filter(name => name !== '')
}

function locate(name: string, base: AbsolutePath): LocatedFile {
  return { name, path: name === '-' ? '-' : resolvePath(base, name), origin: 'named' }
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

function notFound({ name }: LocatedFile): Diagnostic {
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
    message: `Cannot find a Compose file: neither "${folder}" nor a folder above it contains compose.yaml`,
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

import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { FileSource } from '../../parser/load-request.ts'
import { displayName, parentFolder } from '../../parser/locate/resolve-path.ts'
import { type FileReference, fileReferences } from '../../parser/publish/file-references.ts'
import { replaceValues } from '../../parser/publish/replace-values.ts'
import type { PublishedFile } from '../../registry/push-artifact.ts'

/** A file to publish, and where it is from. */
export interface SourceFile extends Omit<PublishedFile, 'content'> {
  /** As the user would name it. */
  readonly source: string
  /** With the names that files have in the artifact. */
  readonly text: string
  /** As it is on the disk. */
  readonly original: string
}

/** An env file that a service names, or an include. */
export interface NamedEnvFile {
  readonly service: string | undefined
  readonly path: AbsolutePath
  /** As the user would name it. */
  readonly source: string
}

/** What belongs to a project. */
export interface CollectedFiles {
  readonly files: readonly SourceFile[]
  /** Env files that services name, whether they are taken or not. */
  readonly envFiles: readonly NamedEnvFile[]
  /** Local files that are included, as the user would name them. */
  readonly includes: readonly string[]
}

/** Whose files, and which of them. */
export interface CollectRequest {
  /** The Compose files, absolute; `-` is standard input. */
  readonly files: readonly string[]
  readonly workingDir: AbsolutePath
  readonly workingDirectory: AbsolutePath
  readonly variables: ReadonlyMap<string, string>
  /** Take what `env_file` names. */
  readonly withEnv: boolean
}

/**
 * Collects the Compose files of a project with those that they extend and include. In an artifact all files are in one
 * folder, so each but the first kind is called by a hash of its path, and what names it is rewritten; nothing else of a
 * file is touched.
 *
 * @throws {TcomposeError} `file-not-found` if one cannot be read.
 */
export function collectFiles(request: CollectRequest, source: FileSource): CollectedFiles {
  const collector = new Collector(request, source)
  for (const file of request.files) {
    const path = file === '-' ? '-' : parseAbsolutePath(file)
    collector.addCompose(path, { kind: 'compose', name: baseName(path), folder: request.workingDir })
  }
  return collector.collected()
}

interface ComposePlace {
  readonly kind: 'compose' | 'extended'
  readonly name: string
  /** Where its relative paths start. */
  readonly folder: AbsolutePath
}

class Collector {
  readonly #request: CollectRequest
  readonly #source: FileSource
  readonly #compose: SourceFile[] = []
  readonly #extended = new Map<string, SourceFile>()
  readonly #env = new Map<string, SourceFile>()
  readonly #envFiles: NamedEnvFile[] = []
  readonly #includes = new Set<string>()

  constructor(request: CollectRequest, source: FileSource) {
    this.#request = request
    this.#source = source
  }

  addCompose(path: AbsolutePath | '-', { kind, name, folder }: ComposePlace): void {
    const original = this.#read(path)
    const source = displayName(this.#request.workingDirectory, path)
    const { variables } = this.#request
    const base = { folder, home: variables.get('HOME') }
    const { files, folders } = fileReferences({ name: source, text: original, base, variables })
    const file = { kind, name, source, original, text: original }
    // Before what it refers to: files may include each other in a circle.
    if (kind === 'extended') this.#extended.set(path, file)
    const renamed = files.flatMap(reference => {
      const by = this.#take(reference)
      return by === undefined ? [] : [{ span: reference.span, by }]
    })
    const text = replaceValues(original, [...renamed, ...folders.map(span => ({ span, by: '.' }))])
    if (kind === 'compose') this.#compose.push({ ...file, text })
    else this.#extended.set(path, { ...file, text })
  }

  collected(): CollectedFiles {
    return {
      files: [...this.#compose, ...this.#extended.values(), ...this.#env.values()],
      envFiles: this.#envFiles,
      includes: [...this.#includes],
    }
  }

  /** Returns the name that the file has in the artifact; undefined if it is not taken. */
  #take({ kind, path, folder, service }: FileReference): string | undefined {
    const source = displayName(this.#request.workingDirectory, path)
    switch (kind) {
      case 'env-file':
        this.#envFiles.push({ service, path, source })
        return this.#request.withEnv ? this.#takeEnv(path, source) : undefined
      case 'label-file':
        return this.#takeEnv(path, source)
      case 'included':
        this.#includes.add(source)
        return this.#takeCompose(path, folder ?? parentFolder(path))
      case 'extended':
        return this.#takeCompose(path, parentFolder(path))
    }
  }

  #takeCompose(path: AbsolutePath, folder: AbsolutePath): string {
    const name = `${sha256Hex(path)}.yaml`
    if (!this.#extended.has(path)) this.addCompose(path, { kind: 'extended', name, folder })
    return name
  }

  /** One that is not there need not be there: the project has been loaded. */
  #takeEnv(path: AbsolutePath, source: string): string {
    const name = `${sha256Hex(path)}.env`
    const content = this.#source.readText(path)
    if (content.kind === 'text' && !this.#env.has(path)) {
      const { text } = content
      this.#env.set(path, { kind: 'env', name, source, text, original: text })
    }
    return name
  }

  #read(path: AbsolutePath | '-'): string {
    const content = this.#source.readText(path)
    if (content.kind === 'text') return content.text
    const name = displayName(this.#request.workingDirectory, path)
    const state = content.kind === 'missing' ? 'there is no such file' : content.reason
    throw new TcomposeError('file-not-found', `Cannot read "${name}": ${state}`)
  }
}

function baseName(path: string): string {
  return path === '-' ? 'compose.yaml' : path.slice(path.lastIndexOf('/') + 1)
}

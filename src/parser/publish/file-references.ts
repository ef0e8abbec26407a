import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import { canonicalForm } from '../canonical/canonical-form.ts'
import { itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import { readYaml } from '../document/read-yaml.ts'
import { interpolateDocument } from '../interpolate/interpolate-document.ts'
import { isRemoteAddress } from '../locate/is-remote-address.ts'
import { resolvePath } from '../locate/resolve-path.ts'
import type { PathBase } from '../normalise/resolve-paths.ts'
import { entriesAt, valueAt } from '../rules/rule-context.ts'

/** A place in a Compose file that names another file. */
export interface FileReference {
  readonly kind:
    | 'env-file'
    | 'label-file'
    /** Its paths start from its own folder. */
    | 'extended'
    /** As for `extended`, unless `folder` is given. */
    | 'included'
  readonly path: AbsolutePath
  /** The project folder of what is included. @default that of the file */
  readonly folder?: AbsolutePath
  /** Of the value that names it. */
  readonly span: SourceSpan
  /** Who names it. @default an include */
  readonly service?: string
}

/** What a Compose file refers to. */
export interface FileReferences {
  readonly files: readonly FileReference[]
  /** The values of `include` that name the folder of the included project. */
  readonly folders: readonly SourceSpan[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A Compose file, and what its values mean. */
export interface ReferringFile {
  /** As the user would name it. */
  readonly name: string
  readonly text: string
  readonly base: PathBase
  readonly variables: ReadonlyMap<string, string>
}

/** Returns what the documents of a Compose file name of local files that belong to the model. */
export function fileReferences({ name, text, base, variables }: ReferringFile): FileReferences {
  const read = readYaml(name, text)
  const forms = read.documents.map(
    document => canonicalForm(interpolateDocument(document, variables).document).document,
  )
  const includes = forms.flatMap(form => mapsOf(valueAt(form, 'include')))
  return {
    files: [
      ...includes.flatMap(item => included(item, base)),
      ...forms.flatMap(form =>
        [...entriesAt(form, 'services')].flatMap(([service, { value }]) =>
          value.kind === 'map' ? ofService(value, service, base) : [],
        ),
      ),
    ],
    folders: includes.flatMap(item => valueAt(item, 'project_directory')?.span ?? []),
    diagnostics: read.diagnostics,
  }
}

function included(item: MapNode, base: PathBase): readonly FileReference[] {
  const directory = stringOf(valueAt(item, 'project_directory'))
  const folder = directory === undefined ? {} : { folder: resolvePath(base.folder, directory, base.home) }
  const envFiles = itemsOf(valueAt(item, 'env_file')).filter(node => stringOf(node) !== '/dev/null')
  return [
    ...itemsOf(valueAt(item, 'path')).flatMap(node => local(node, 'included', base)),
    ...envFiles.flatMap(node => local(node, 'env-file', base)),
  ].map(reference => (reference.kind === 'included' ? { ...reference, ...folder } : reference))
}

function ofService(service: MapNode, name: string, base: PathBase): readonly FileReference[] {
  const extended = valueAt(service, 'extends')
  const file = extended?.kind === 'map' ? valueAt(extended, 'file') : undefined
  const envFiles = mapsOf(valueAt(service, 'env_file')).flatMap(item => valueAt(item, 'path') ?? [])
  return [
    ...envFiles.flatMap(node => local(node, 'env-file', base)),
    ...itemsOf(valueAt(service, 'label_file')).flatMap(node => local(node, 'label-file', base)),
    ...(file === undefined ? [] : local(file, 'extended', base)),
  ].map(reference => ({ ...reference, service: name }))
}

function local(node: Node, kind: FileReference['kind'], base: PathBase): readonly FileReference[] {
  const text = stringOf(node)
  if (text === undefined || text === '' || isRemoteAddress(text)) return []
  return [{ kind, path: resolvePath(base.folder, text, base.home), span: node.span }]
}

function mapsOf(list: Node | undefined): readonly MapNode[] {
  return itemsOf(list).flatMap(item => (item.kind === 'map' ? [item] : []))
}

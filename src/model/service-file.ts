import type { AbsolutePath } from '../base/absolute-path.ts'
import type { Millis } from '../base/millis.ts'
import type { ModelPath } from '../base/model-path.ts'

/** A secret or a config that a service has as a file of its own. */
export interface ServiceFile {
  readonly kind: 'secret' | 'config'
  /** Its key at the top level of the project. */
  readonly key: string
  readonly target: AbsolutePath
  readonly uid: number
  readonly gid: number
  /** Permission bits. */
  readonly mode: number
  readonly source: ServiceFileSource
  /** What of the document asks for it, e.g. `services.db.secrets.0`. */
  readonly origin: ModelPath
  /** Keyed hash of the content, 64 hex digits. @default the content was not read */
  readonly digest?: string
}

/** Where the content of a secret or config is. */
export type ServiceFileSource =
  | { readonly kind: 'file'; readonly path: AbsolutePath }
  /** The value of a variable of the project. */
  | { readonly kind: 'environment'; readonly variable: string }
  /** In the document. What is written to the disk of a service has no content. */
  | { readonly kind: 'inline'; readonly content?: string }
  /** In the folder that the settings name, under its real name. */
  | { readonly kind: 'external'; readonly name: string }
  /** What a program writes to its standard output. */
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly timeout: Millis | undefined }

/** Returns what people call `file`, e.g. `secret "db_password"`. */
export function serviceFileLabel({ kind, key }: Pick<ServiceFile, 'kind' | 'key'>): string {
  return `${kind} "${key}"`
}

/** Returns `file` as it may be written to the disk: without content that the document has. */
export function withoutContent(file: ServiceFile): ServiceFile {
  return file.source.kind === 'inline' ? { ...file, source: { kind: 'inline' } } : file
}

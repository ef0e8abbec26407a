import type { Millis } from '../base/millis.ts'
import type { ServiceFile } from '../model/service-file.ts'

/** What was read for a secret or config. */
export type Content =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  /** `reason` completes "Cannot read ...: " and holds nothing of the content. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly hint?: string }

/** What secrets and configs are read from. */
export interface ContentReader {
  /** Reads a whole file. */
  readFile(path: string): Content
  /** Reads what the user keeps outside the project under `name`. */
  readExternal(kind: ServiceFile['kind'], name: string): Promise<Content>
  /** Runs a program and returns its standard output. */
  run(command: ContentCommand): Promise<Content>
}

/** A program that writes a secret or config to its standard output. */
export interface ContentCommand {
  readonly argv: readonly string[]
  /** The folder that it starts in. */
  readonly folder: string
  readonly environment: ReadonlyMap<string, string>
  /** How long it may take. */
  readonly timeout: Millis
  readonly signal?: AbortSignal | undefined
}

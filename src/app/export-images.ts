import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { type ImageRequest, imageLabel } from '../model/image-request.ts'
import { isRootfs } from '../model/local-image.ts'
import type { ArchiveOutput } from '../model/stored-image.ts'
import type { AppContext } from './app-context.ts'
import { wantedImages } from './ask-registries.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import { images as imageStore } from './images.ts'
import type { ProjectRequest } from './project-request.ts'

/** Which images of a project to export, and where to. */
export interface ExportOptions {
  /** With those they depend on; empty is all. */
  readonly services: readonly string[]
  readonly output: ArchiveOutput
  readonly signal: AbortSignal
}

/** What became of an export. */
export type ExportResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'exported'
      readonly images: readonly string[]
      /** Folders that services run from, which are no images. */
      readonly folders: readonly string[]
      readonly diagnostics: readonly Diagnostic[]
    }

/** Writes the images of services, and of what they depend on, as one archive. */
export async function exportImages(
  context: AppContext,
  request: ProjectRequest,
  { services, output, signal }: ExportOptions,
): Promise<ExportResult> {
  const { project, diagnostics } = await loadRequested(context, request, services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  const desired = desiredOf(project, { services, noDeps: false, scale: new Map() })
  const all = wantedImages(desired)
  const images = all.filter(image => !isFolder(image))
  const store = await imageStore(context)
  await store.save({ images, format: 'oci', signal }, output)
  return {
    kind: 'exported',
    images: images.map(imageLabel),
    folders: all.filter(isFolder).map(({ reference }) => reference),
    diagnostics,
  }
}

function isFolder({ reference }: ImageRequest): boolean {
  return isRootfs(reference)
}

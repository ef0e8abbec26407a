import { hasErrors } from '../base/diagnostic.ts'
import { type ImageRequest, imageLabel } from '../model/image-request.ts'
import { isRootfs } from '../model/local-image.ts'
import type { ExportOptions, ExportResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { wantedImages } from './ask-registries.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { rootedImages } from './rooted-images.ts'

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
  await rootedImages(context).save({ images, format: 'oci', signal }, output)
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

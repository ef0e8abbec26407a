import { images } from '../../../app/images.ts'
import type { ImageDetails } from '../../../app/index.ts'
import type { CommandContext } from '../../command-context.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { type PlatformValues, platformOption } from '../../options/platform-option.ts'
import { untilInterrupted } from '../../until-interrupted.ts'
import { imageNameParts, shortImageName } from '../../views/image-name.ts'
import { safeJson } from '../../views/safe-text.ts'

/** `image inspect`: writes what is known of images as a JSON array in Docker's form. */
export const command: CommandDefinition = defineCommand<PlatformValues>({
  describe: inspect =>
    inspect.description('Show details of images as JSON').argument('<image...>').addOption(platformOption()),
  examples: [['tcompose image inspect redis:7', 'what is known of an image, as JSON']],
  dryRun: 'reads',
  run: inspectImages,
})

async function inspectImages(
  context: CommandContext,
  names: readonly string[],
  { platform }: PlatformValues,
): Promise<number> {
  const store = await context.ports.call(images)
  const details: ImageDetails[] = []
  for (const reference of names)
    details.push(await untilInterrupted(context, store.inspect({ reference, platform })))
  context.ports.stdout.write(`${safeJson(details.map(inspection), 4)}\n`)
  return EXIT.done
}

/** Fields of Docker that the configuration does not have are left out. */
function inspection({
  id,
  names,
  document = {},
  layers,
  manifest,
  size,
  createdAt,
  ...image
}: ImageDetails): object {
  const [os, architecture, variant] = image.platform?.split('/') ?? []
  const lastTag = Math.max(0, ...names.map(({ givenAt }) => givenAt ?? 0))
  return {
    Id: id,
    RepoTags: names.flatMap(({ reference }) => (reference.includes('@') ? [] : [shortImageName(reference)])),
    RepoDigests: names.flatMap(({ reference, digest }) =>
      digest === undefined ? [] : [`${imageNameParts(reference).repository}@${digest}`],
    ),
    Created: createdAt === undefined ? undefined : (document['created'] ?? new Date(createdAt).toISOString()),
    Author: document['author'],
    Architecture: architecture,
    Variant: variant,
    Os: os,
    Size: size,
    Manifest: manifest,
    Config: document['config'],
    RootFS: { Type: 'layers', Layers: layers },
    History: document['history'],
    Containers: image.containers.map(({ project, container }) => ({ Project: project, Name: container })),
    Metadata: { LastTagTime: lastTag === 0 ? undefined : new Date(lastTag).toISOString() },
  }
}

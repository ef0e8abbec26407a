import { Option } from 'commander'
import { type CommandHost, defineCommand } from '../../define-command.ts'
import { listOption } from '../../options/global-options.ts'
import { platformOption } from '../../options/platform-option.ts'
import type { ExportValues } from './export-images.ts'
import type { InspectValues } from './inspect-images.ts'
import type { ImageLsValues } from './list-stored-images.ts'
import type { LoadValues } from './load-images.ts'
import type { ImagePruneValues } from './prune-images.ts'
import type { ImageRmValues } from './remove-images.ts'
import type { SaveValues } from './save-images.ts'

/** Adds `image` and what is below it: the images of all projects. */
export function addImageCommand(host: CommandHost): void {
  const image = host.program
    .command('image')
    .helpCommand(false)
    .description('Work with the images of all projects')
  const list = image
    .command('ls')
    .alias('list')
    .description('List images')
    .argument('[repository[:tag]]')
    .option('-a, --all', 'Show all images; there are none that are hidden')
    .option('--digests', 'Show digests')
    .addOption(listOption('-f, --filter <filter>', 'Show images of dangling=true|false, reference=PATTERN'))
    .addOption(new Option('--format <format>', 'Output format').choices(['table', 'json']).default('table'))
    .option('--no-trunc', 'Show ids whole')
    .option('-q, --quiet', 'Show ids only')
  defineCommand<ImageLsValues>(host, list, async (context, args, values) => {
    const { listStoredImages } = await import('./list-stored-images.ts')
    return listStoredImages(context, args, values)
  })
  const remove = image
    .command('rm')
    .alias('remove')
    .description('Remove images')
    .argument('<image...>')
    .option('-f, --force', 'Take names away also while a container needs the image')
    .addOption(platformOption())
  defineCommand<ImageRmValues>(host, remove, async (context, args, values) => {
    const { removeImages } = await import('./remove-images.ts')
    return removeImages(context, args, values)
  })
  const prune = image
    .command('prune')
    .description('Remove images that have no name and that no container needs')
    .option('-a, --all', 'Remove all that no container needs')
    .addOption(listOption('--filter <filter>', 'Remove images made until=TIME'))
    .option('-f, --force', 'Do not ask')
  defineCommand<ImagePruneValues>(host, prune, async (context, _args, values) => {
    const { pruneImages } = await import('./prune-images.ts')
    return pruneImages(context, values)
  })
  const inspect = image
    .command('inspect')
    .description('Show what is known of images, as JSON')
    .argument('<image...>')
    .addOption(platformOption())
  defineCommand<InspectValues>(host, inspect, async (context, args, values) => {
    const { inspectImages } = await import('./inspect-images.ts')
    return inspectImages(context, args, values)
  })
  const tag = image
    .command('tag')
    .description('Give an image another name')
    .argument('<source>')
    .argument('<target>')
  defineCommand(host, tag, async (context, [source = '', target = '']) => {
    const { tagImage } = await import('./tag-image.ts')
    return tagImage(context, source, target)
  })
  addArchiveCommands(host, image)
}

function addArchiveCommands(host: CommandHost, image: ReturnType<CommandHost['program']['command']>): void {
  const load = image
    .command('load')
    .description('Load images from an archive of OCI or Docker')
    .option('-i, --input <file>', 'Archive to read instead of standard input')
    .option('-q, --quiet', 'Show no progress')
  const save = image
    .command('save')
    .description('Save images as an archive')
    .argument('<image...>')
    .addOption(
      new Option('--format <format>', 'Form of the archive').choices(['oci', 'docker']).default('oci'),
    )
    .option('-o, --output <file>', 'Archive to write instead of standard output')
    .addOption(platformOption())
  defineCommand<SaveValues>(host, save, async (context, args, values) => {
    const { saveImages } = await import('./save-images.ts')
    return saveImages(context, args, values)
  })
  const exporting = image
    .command('export')
    .description('Save the images of a project as an archive')
    .argument('[service...]')
    .option('-o, --output <file>', 'Archive to write instead of standard output')
  defineCommand<ExportValues>(host, exporting, async (context, args, values) => {
    const { exportImages } = await import('./export-images.ts')
    return exportImages(context, args, values)
  })
  const importing = image
    .command('import')
    .description('Load what export has saved, so that up needs no registry')
    .option('-i, --input <file>', 'Archive to read instead of standard input')
    .option('-q, --quiet', 'Show no progress')
  for (const command of [load, importing]) {
    defineCommand<LoadValues>(host, command, async (context, _args, values) => {
      const { loadImages } = await import('./load-images.ts')
      return loadImages(context, values)
    })
  }
}

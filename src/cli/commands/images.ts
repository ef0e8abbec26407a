import { Option } from 'commander'
import { type CommandHost, defineCommand } from '../define-command.ts'
import type { ImagesValues } from './list-images.ts'

/** Adds `images`: lists what the containers were made from. */
export function addImagesCommand(host: CommandHost): void {
  const command = host.program
    .command('images')
    .description('List the images of containers')
    .argument('[service...]')
    .addOption(new Option('--format <format>', 'Output format').choices(['table', 'json']).default('table'))
    .option('-q, --quiet', 'Show ids only')
  defineCommand<ImagesValues>(host, command, async (context, services, values) => {
    const { listImages } = await import('./list-images.ts')
    return listImages(context, services, values)
  })
}

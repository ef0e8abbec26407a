import { type CommandHost, defineCommand } from '../define-command.ts'
import type { PushValues } from './push-images.ts'

/** Adds `push`: gives the images of services to their registries. */
export function addPushCommand(host: CommandHost): void {
  const command = host.program
    .command('push')
    .description('Push service images')
    .argument('[service...]')
    .option('--ignore-push-failures', 'Push what can be pushed, and end well')
    .option('--include-deps', 'Push the images of dependencies too')
    .option('-q, --quiet', 'Show no progress')
  defineCommand<PushValues>(host, command, async (context, services, values) => {
    const { pushImages } = await import('./push-images.ts')
    return pushImages(context, services, values)
  })
}

import { type CommandDefinition, defineGroup } from '../../define-command.ts'

/** `bridge transformations`: the images that convert. */
export const command: CommandDefinition = defineGroup('Manage images of transformations')

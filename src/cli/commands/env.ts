import { type CommandDefinition, defineGroup } from '../define-command.ts'

/** `env`: what is known of variables. */
export const command: CommandDefinition = defineGroup('Inspect variables')

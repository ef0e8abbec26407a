import { type CommandDefinition, defineGroup } from '../define-command.ts'

/** `builder`: what builds keep for the next ones. */
export const command: CommandDefinition = defineGroup('Free the disk space that builds use for the next ones')

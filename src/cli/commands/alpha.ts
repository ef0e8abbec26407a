import { type CommandDefinition, defineGroup } from '../define-command.ts'

/** `alpha`: docker compose's name for commands that it was trying out. */
export const command: CommandDefinition = {
  ...defineGroup('Commands that docker compose has under this name'),
  isHidden: true,
}

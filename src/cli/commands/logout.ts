import { logout } from '../../app/logout.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { safeLine } from '../views/safe-text.ts'

/** `logout`: forgets what `login` keeps. */
export const command: CommandDefinition = defineCommand({
  describe: logoutCommand =>
    logoutCommand
      .description('Log out of a registry')
      .argument('[server]', 'Host of the registry, Docker Hub if left out'),
  examples: [['tcompose logout ghcr.io', 'forget a registry']],
  run: async ({ ports }, [server]) => {
    const { host, wasLoggedIn } = await ports.call(logout, server)
    ports.stdout.write(
      `${wasLoggedIn ? 'Removing login credentials for' : 'Not logged in to'} ${safeLine(host)}\n`,
    )
    return EXIT.done
  },
})

import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'

/** Adds `logout`: forgets what `login` keeps. */
export function addLogoutCommand(host: CommandHost): void {
  const command = host.program
    .command('logout')
    .description('Log out of a registry')
    .argument('[server]', 'Host of the registry, Docker Hub if left out')
  defineCommand(host, command, async ({ ports }, [server]) => {
    const app = await ports.loadApp()
    const { host: name, wasLoggedIn } = await app.logout(server)
    ports.stdout.write(
      wasLoggedIn ? `Removing login credentials for ${name}\n` : `Not logged in to ${name}\n`,
    )
    return EXIT.done
  })
}

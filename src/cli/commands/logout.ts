import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { safeLine } from '../views/safe-text.ts'

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
      `${wasLoggedIn ? 'Removing login credentials for' : 'Not logged in to'} ${safeLine(name)}\n`,
    )
    return EXIT.done
  })
}

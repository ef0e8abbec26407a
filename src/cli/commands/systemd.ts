import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'

/** `systemd`: writes a unit that resumes projects when the machine starts. */
export const command: CommandDefinition = defineCommand({
  describe: systemd =>
    systemd.description('Write a systemd unit that resumes projects when the machine starts'),
  examples: [
    ['tcompose systemd > /etc/systemd/system/tcompose.service', 'install it'],
    ['systemctl enable tcompose', 'from the next start on'],
  ],
  dryRun: 'reads',
  run: async ({ ports }) => {
    const { environment, stdout, programPath } = ports
    const moved = ['TCOMPOSE_DATA', 'TCOMPOSE_RUN'].flatMap(name => {
      const value = environment.get(name)
      return value === undefined || value === '' ? [] : [`Environment=${quoted(`${name}=${value}`)}`]
    })
    stdout.write(unit(programPath, moved))
    return EXIT.done
  },
})

/**
 * Keepers live in the unit's control group. Only what a stop of the unit is told to end is ended by it, which is nothing:
 * containers run on until they are stopped, or the machine is; systemd.kill(5).
 */
function unit(program: string, environment: readonly string[]): string {
  return [
    '[Unit]',
    'Description=Projects of tcompose that are to run',
    'Wants=network-online.target',
    'After=network-online.target local-fs.target remote-fs.target',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    ...environment,
    `ExecStart=${quoted(program)} --progress plain resume`,
    'KillMode=process',
    'Delegate=yes',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n')
}

/** systemd.syntax(7): quotes and backslashes are escaped, and "%" and "$" begin specifiers and variables. */
function quoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /[\s"'\\]/.test(text) ? `"${escaped}"` : escaped
}

/** Turns `help`, `help up` and `help image ls` into what shows the same: `--help` behind the words. */
export function withHelpOption(argv: readonly string[]): readonly string[] {
  const [first, ...words] = argv
  return first === 'help' ? [...words, '--help'] : argv
}

/**
 * Tells whether the value of a variable such as `COMPOSE_REMOVE_ORPHANS` switches it on: the spellings of Go's
 * `strconv.ParseBool`, and `y`, `yes` and `on`, in any case. Anything else, unset included, does not.
 */
export function isTrueText(text: string | undefined): boolean {
  return /^(?:1|t|true|y|yes|on)$/i.test(text?.trim() ?? '')
}

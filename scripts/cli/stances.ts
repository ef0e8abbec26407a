/** What this version makes of a command or an option of docker compose that it does not have under the same name. */
export type Stance =
  /** `how` is what does the same. */
  | { readonly kind: 'different'; readonly how: string }
  /** `why` says what is missing. */
  | { readonly kind: 'not-yet'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }

/** By `COMMAND` or `COMMAND --option`. */
export const STANCES: Readonly<Record<string, Stance>> = {
  'alpha dry-run': { kind: 'different', how: '`--dry-run`' },
  convert: { kind: 'different', how: 'an alias of `config`' },
}

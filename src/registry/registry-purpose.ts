/** What a registry is asked for, as failures name it. */
export type RegistryPurpose =
  /** `reference` is as the user wrote it. */
  | { readonly kind: 'pull'; readonly reference: string }
  | { readonly kind: 'push'; readonly reference: string }
  /** A project, to `reference`. */
  | { readonly kind: 'publish'; readonly reference: string }
  | { readonly kind: 'log-in'; readonly host: string }

/** Returns what comes behind `Cannot `, e.g. `push image "a/b:1"`. */
export function purposeText(purpose: RegistryPurpose): string {
  switch (purpose.kind) {
    case 'pull':
      return `get image "${purpose.reference}"`
    case 'push':
      return `push image "${purpose.reference}"`
    case 'publish':
      return `publish to "${purpose.reference}"`
    case 'log-in':
      return `log in to "${purpose.host}"`
  }
}

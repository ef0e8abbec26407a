/** The address of ports for which the file has none, for all projects of the user. */
export type PublishDefault =
  /** Undefined is every address. */
  | { readonly kind: 'found'; readonly address: string | undefined }
  /** `reason` says what is wrong with the settings. */
  | { readonly kind: 'unfit'; readonly reason: string }

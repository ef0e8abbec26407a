/** A template that cannot be read or carried out; the message says why, without the template. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  /** What the user can do, where that is known. */
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

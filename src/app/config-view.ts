import type { Diagnostic } from '../base/diagnostic.ts'
import type { TemplateVariable } from '../parser/interpolate/template-variables.ts'
import type { OptionalStage } from '../parser/load-request.ts'

/** What to show of a file. */
export type ConfigView =
  /** Nothing but what is wrong with it. */
  | { readonly kind: 'check' }
  | ConfigDocumentView
  /** Names, sorted, each once. */
  | {
      readonly kind: 'names'
      readonly of: ConfigNames
      readonly allResources: boolean
      /** @default nothing */
      readonly leaveOut?: readonly OptionalStage[]
    }
  /** `SERVICE HASH`, as `up` records it with the containers; `services` empty is all. */
  | {
      readonly kind: 'hashes'
      readonly services: readonly string[]
      readonly leaveOut?: readonly OptionalStage[]
    }
  /** `NAME=VALUE` for all that variables of the file are replaced with. */
  | { readonly kind: 'environment' }
  /** What the file says about each variable. */
  | { readonly kind: 'variables' }

/** The kinds of things whose names `config` lists. */
export type ConfigNames = 'services' | 'volumes' | 'networks' | 'images' | 'profiles' | 'models'

/** The file in docker compose's canonical form. */
export interface ConfigDocumentView {
  readonly kind: 'document'
  readonly format: 'yaml' | 'json'
  /** Services to show, with those they depend on; empty is all. */
  readonly services: readonly string[]
  /** Show the networks, volumes, secrets and configs that no service uses. */
  readonly allResources: boolean
  readonly leaveOut: readonly OptionalStage[]
  /** `resolve` names each image by its digest; `lock` shows the images alone, as a file to merge over this one. */
  readonly digests: 'keep' | 'resolve' | 'lock'
}

/** What `config` shows. */
export type ConfigResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'text'; readonly text: string; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'variables'
      readonly variables: readonly TemplateVariable[]
      readonly diagnostics: readonly Diagnostic[]
    }

import type { Diagnostic } from '../../base/diagnostic.ts'
import { type DocumentPath, describePath } from '../document/describe-path.ts'
import { type Entry, itemsOf, type MapNode, type Node } from '../document/node.ts'
import { isTemplate, NO_TEMPLATES, type TemplatePlaces } from '../interpolate/template-places.ts'
import { type ReplacedItem, uniteItems } from '../merge/unite-items.ts'
import { placeOfItems, placeOfKey, rootPlace, type SchemaPlace } from '../schema/schema-node.ts'
import { castScalar } from './cast-scalar.ts'
import type { FormContext } from './form-context.ts'
import { LONG_FORMS, PARSED_FORMS } from './long-forms.ts'

/** A tree in which every value has its long form and its own type, and what could not be brought to it. */
export interface Canonical {
  readonly document: MapNode
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Brings every value to its long form and its own type, as the schema's kinds say. Values that do not fit the
 * schema stay as they are: the schema check has reported them. So do those that cannot be read before the variables
 * at `templates` are replaced.
 */
export function canonicalForm(document: MapNode, templates: TemplatePlaces = NO_TEMPLATES): Canonical {
  const diagnostics: Diagnostic[] = []
  const form = new Form(diagnostics, templates)
  return { document: form.map(document, rootPlace(), []), diagnostics }
}

class Form {
  readonly #diagnostics: Diagnostic[]
  readonly #templates: TemplatePlaces

  constructor(diagnostics: Diagnostic[], templates: TemplatePlaces) {
    this.#diagnostics = diagnostics
    this.#templates = templates
  }

  map(map: MapNode, place: SchemaPlace, path: DocumentPath): MapNode {
    const entries = new Map<string, Entry>()
    for (const [key, { keySpan, value }] of map.entries) {
      const child = placeOfKey(place, key)
      entries.set(key, {
        keySpan,
        value: child === undefined ? value : this.#node(value, child, [...path, key]),
      })
    }
    return { ...map, entries }
  }

  #node(node: Node, place: SchemaPlace, path: DocumentPath): Node {
    if (node.directive === 'reset') return node
    const long = this.#long(node, place, path)
    if (long.kind === 'map') return this.map(long, place, path)
    const items = placeOfItems(place)
    if (long.kind === 'list') {
      if (items === undefined) return long
      const formed = long.items.map((item, index) => this.#node(item, items, [...path, index]))
      const united = uniteItems(formed, items.pattern)
      this.#diagnostics.push(...united.replaced.map(pair => replacedItem(pair, path)))
      return { ...long, items: united.items }
    }
    return castScalar(long, place.kind, this.#context(path))
  }

  #long(node: Node, place: SchemaPlace, path: DocumentPath): Node {
    const form = place.kind === undefined ? undefined : LONG_FORMS.get(place.kind)
    if (form === undefined) return node
    const apply = (value: Node): Node => form(value, this.#context(path))
    const long = this.#templates.size === 0 ? apply(node) : this.#longUnlessOpen(node, place, apply)
    return node.directive === undefined ? long : { ...long, directive: node.directive }
  }

  /** A text that cannot be split before its variables are replaced stays, also among items that can. */
  #longUnlessOpen(node: Node, { kind }: SchemaPlace, apply: (value: Node) => Node): Node {
    const canBeSplit = kind === undefined ? undefined : PARSED_FORMS.get(kind)
    if (canBeSplit === undefined) return apply(node)
    const isOpen = (value: Node): boolean =>
      isTemplate(value.span, this.#templates) && value.kind === 'scalar' && !canBeSplit(String(value.value))
    if (node.kind !== 'list') return isOpen(node) ? node : apply(node)
    if (kind === 'command') return apply(node)
    const items = node.items.flatMap(item =>
      isOpen(item) ? [item] : itemsOf(apply({ ...node, items: [item] })),
    )
    return { ...node, items }
  }

  #context(path: DocumentPath): FormContext {
    return {
      path,
      report: (node, { message, hint }) =>
        this.#tell(node, {
          severity: 'error',
          code: 'bad-value',
          message: `Cannot use ${describePath(path)}: ${message}`,
          ...(hint === undefined ? {} : { hint }),
        }),
      warn: (node, { message, hint }) =>
        this.#tell(node, {
          severity: 'warning',
          code: 'no-effect-key',
          message: `In ${describePath(path)} ${message}`,
          ...(hint === undefined ? {} : { hint }),
        }),
    }
  }

  #tell(node: Node, diagnostic: Omit<Diagnostic, 'span'>): void {
    if (!isTemplate(node.span, this.#templates)) this.#diagnostics.push({ ...diagnostic, span: node.span })
  }
}

function replacedItem({ earlier, later, key }: ReplacedItem, path: DocumentPath): Diagnostic {
  return {
    severity: 'warning',
    code: 'conflicting-keys',
    message: `${describePath(path)} has two entries for "${key}"; the later one is used`,
    span: later.span,
    related: [{ message: 'the earlier one is here', span: earlier.span }],
  }
}

import { knownKeys, placeOfItems, placeOfKey, rootPlace, type SchemaPlace } from './schema-node.ts'

/** Returns every path that the schema allows, parents before children, e.g. `services.*.ports[].target`. */
export function schemaPaths(): readonly SchemaPlace[] {
  return descendants(rootPlace())
}

function descendants(place: SchemaPlace): readonly SchemaPlace[] {
  const children: SchemaPlace[] = []
  for (const key of knownKeys(place)) {
    const child = placeOfKey(place, key)
    if (child !== undefined) children.push(child)
  }
  // A name that every naming pattern accepts and that no schema lists as a key.
  const named = placeOfKey(place, 'a')
  if (named?.pattern.endsWith('.*')) children.push(named)
  const items = placeOfItems(place)
  if (items !== undefined) children.push(items)
  return children.flatMap(child => [child, ...descendants(child)])
}

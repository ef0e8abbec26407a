declare const brand: unique symbol

/** A `T` that only the parse functions of `Name` may build. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

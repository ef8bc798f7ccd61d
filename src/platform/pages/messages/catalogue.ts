/** A language's texts: ICU MessageFormat, keys named by page and purpose (`password.title`). */
export type Catalogue = Readonly<Record<string, string>>

/**
 * The argument names of an ICU message, read from its literal type, so that a forgotten value does not compile.
 * Limit: inside `plural` and `select`, a branch that is one bare word (`one {day}`) looks like an argument. Write
 * branches with `#` or more than one word.
 */
export type ArgumentNames<Message extends string> = Message extends `${string}{${infer Rest}`
  ? HeadName<Rest> | ArgumentNames<Rest>
  : never

type HeadName<Rest extends string> = Rest extends `${infer Inside}}${string}`
  ? Inside extends `${infer Name},${string}`
    ? OnlyName<Name>
    : OnlyName<Inside>
  : never

type OnlyName<Text extends string> = Text extends `${string}${' ' | '#' | '{'}${string}` ? never : Text

/** For options that may be repeated; commander hands over what was collected so far. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]
